"""Bank files: golden pairs, hostile input, properties of balances and fingerprints."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ...engine.bank_formats import (
    FORMATS,
    CsvProfile,
    ReadContext,
    check_balance,
    detect,
    fingerprint,
    identities,
    new_ones,
    read_bank_file,
)
from ...engine.bank_formats.base import BankLine
from ...engine.errors import EngineError, FileError
from ..bank_files import DIGITS, camt, camt_statement, entry
from .case import EngineCase, examples, walk

IBAN = "DE89370400440532013000"
few = examples()


#: endings of samples; beside each lies what it becomes
SAMPLES = (".xml", ".csv", ".xls", ".xlsx", ".sta", ".ofx", ".qif")


def read(data, filename="bank.xml", profiles=(), **known):
    return read_bank_file(data, ReadContext(filename, DIGITS, profiles, **known))


def profile(path):
    """The layout that lies beside a csv sample."""
    beside = path.with_name(f"{path.stem}.profile.json")
    if not beside.exists():
        return ()
    values = json.loads(beside.read_text(encoding="utf-8"))
    lists = {
        key: tuple(value) for key, value in values.items() if isinstance(value, list)
    }
    return (CsvProfile(**{**values, **lists}),)


def outcome(path: Path) -> str:
    """What a sample becomes, or the error it is refused with, as readable JSON."""
    try:
        statements = read(path.read_bytes(), path.name, profile(path), currency="EUR")
        for statement in statements:
            check_balance(statement)
    except EngineError as error:
        return json.dumps({"refused": str(error)}, indent=1, ensure_ascii=False) + "\n"
    rows = []
    for statement in statements:
        row = statement._asdict()
        row["lines"] = [_filled(line._asdict()) for line in statement.lines]
        row["controls"] = [control._asdict() for control in statement.controls]
        rows.append(_filled(row))
    return json.dumps(rows, indent=1, default=str, ensure_ascii=False) + "\n"


def _filled(row):
    return {key: value for key, value in row.items() if value not in ("", (), None, [])}


class TestGoldenFiles(EngineCase):
    def test_every_format_has_samples_and_every_sample_is_read_as_expected(self):
        for one in FORMATS:
            samples = walk(f"bank/{one.code}", *SAMPLES)
            self.assertTrue(samples, f"no sample in tests/data/bank/{one.code}")
            for path in samples:
                with self.subTest(sample=path.name):
                    found = outcome(path)
                    self.assertEqual("refused_" in path.name, '"refused":' in found)
                    self.assertEqual(
                        detect(path.read_bytes(), path.name).code, one.code
                    )
                    self.assertGolden(path.with_suffix(".json"), found)


class TestDetection(EngineCase):
    def assertRefused(self, code, data, **params):
        with self.assertRaises(FileError) as caught:
            read(data, "file.bin")
        self.assertEqual(caught.exception.code, code)
        for key, value in params.items():
            self.assertEqual(caught.exception.params[key], value)

    def test_known_formats_that_are_not_supported_are_refused_by_name(self):
        for name, data in {
            "MT942": b":20:A\r\n:25:1\r\n:28C:1/1\r\n:34F:EURD1,00\r\n:13D:2603021733+0100",
            "BAI2": b"01,122099999,123456789,260302,0200,1,80,1,2/\n",
            "CODA": b"0000002032672505        00000001  CUSTOMER\r\n",
            "CFONB 120": b"0130004    00001EUR2 00000000001  020326\r\n",
            "Norma 43": b"1100491500051234567892603022603022000000001000009783OUR\r\n",
            "PDF": b"%PDF-1.7\n",
            "HTML": b"<!DOCTYPE html><html><body><table><tr><td>1,2;3",
        }.items():
            with self.subTest(format=name):
                self.assertRefused("bank_file_refused", data, format=name)

    def test_nothing_and_nonsense(self):
        self.assertRefused("bank_file_empty", b"")
        self.assertRefused("bank_file_empty", b" \r\n\t")
        self.assertRefused("bank_file_unknown", b"\x01\x02\x03")
        self.assertRefused(
            "bank_file_refused", b"<?xml version='1.0'?><a/>", format="XML"
        )

    def test_table_without_a_fitting_profile_names_its_headings(self):
        self.assertRefused("bank_layout_missing", b"Day,Sum\n2026-03-02,1.00\n")

    def test_two_fitting_profiles_are_asked_about(self):
        one = CsvProfile("A", date="Date", amount="Amount", default_currency="EUR")
        two = CsvProfile("B", date="Date", amount="Amount", default_currency="EUR")
        with self.assertRaises(FileError) as caught:
            read(b"Date,Amount\n2026-03-02,1.00\n", "a.csv", (one, two))
        self.assertEqual(caught.exception.code, "bank_layout_ambiguous")


class TestHostileXml(EngineCase):
    good = camt(camt_statement(IBAN, "EUR", 1000, [entry(500, text="x"), entry(-20)]))

    def assertRefused(self, code, data):
        with self.assertRaises(EngineError) as caught:
            read(data)
        self.assertEqual(caught.exception.code, code)

    def test_entities_and_dtd(self):
        laughs = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        for dtd in (laughs, b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'):
            self.assertRefused(
                "xml_dtd_refused", self.good.replace(b"<Doc", dtd + b"<Doc")
            )
        hidden = self.good.replace(b"<Doc", laughs + b"<Doc").decode()
        utf16 = hidden.replace("UTF-8", "UTF-16").encode("utf-16")
        self.assertRefused("xml_dtd_refused", utf16)

    def test_amounts_that_are_none(self):
        for bad in (
            "NaN",
            "INF",
            "1e5",
            "1E400",
            "-5.00",
            "5,00",
            "1 000.00",
            "٣",
            "",
            "0x1F",
        ):
            with self.subTest(amount=bad):
                data = self.good.replace(b">5.00<", f">{bad}<".encode())
                self.assertNotEqual(data, self.good)
                self.assertRefused("bank_amount_not_readable", data)
        self.assertRefused(
            "bank_amount_too_precise", self.good.replace(b">5.00<", b">5.005<")
        )

    def test_missing_parts(self):
        for code, old, new in (
            (
                "bank_sign_not_readable",
                b">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>",
                b">5.00</Amt>",
            ),
            ("bank_date_not_readable", b"<Dt>2026-03-02</Dt>", b"<Dt>02.03.2026</Dt>"),
            ("bank_currency_unclear", b'Ccy="EUR">5.00', b'Ccy="USD">5.00'),
            ("bank_currency_unknown", b"EUR", b"XXQ"),
            ("bank_file_without_statement", b"Stmt><Id>", b"Other><Id>"),
        ):
            with self.subTest(code=code):
                data = self.good.replace(old, new).replace(b"</Stmt></B", b"</Stmt></B")
                if code == "bank_file_without_statement":
                    data = camt()
                self.assertRefused(code, data)

    def test_the_same_statement_twice_in_a_file(self):
        one = camt_statement(IBAN, "EUR", 1000, [entry(500)])
        self.assertRefused("bank_statement_twice", camt(one, one))

    def test_cut_anywhere_it_is_refused_or_complete(self):
        whole = read(self.good)
        for end in range(len(self.good)):
            with self.assertRaises(EngineError, msg=f"cut after {end} bytes"):
                read(self.good[:end])
        self.assertEqual(read(self.good + b"\n"), whole)

    @few
    @given(st.data())
    def test_a_flipped_byte_never_crashes(self, data):
        position = data.draw(st.integers(0, len(self.good) - 1))
        byte = data.draw(st.integers(0, 255))
        changed = bytearray(self.good)
        changed[position] = byte
        try:
            read(bytes(changed))
        except EngineError:
            pass  # refused with a code; anything else fails the test

    @few
    @given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
    def test_total_on_anything(self, data):
        try:
            read(data)
        except EngineError:
            pass


amounts = st.integers(-(10**9), 10**9).filter(bool)


class TestBalance(EngineCase):
    @few
    @given(
        st.sampled_from(sorted(DIGITS)), st.integers(-(10**9), 10**9), st.lists(amounts)
    )
    def test_what_a_bank_writes_is_read_exactly(self, currency, opening, booked):
        # given a statement written independently of the reader
        entries = [entry(amount, text=f"T{i}") for i, amount in enumerate(booked)]
        entries.append(entry(999, status="PDNG"))
        # when
        (found,) = read(camt(camt_statement(IBAN, currency, opening, entries)))
        # then
        check_balance(found)
        self.assertEqual([line.amount for line in found.booked], booked)
        self.assertEqual(found.opening + sum(booked), found.closing)
        self.assertEqual((found.account, found.currency), (IBAN, currency))

    @few
    @given(st.lists(amounts, min_size=1), st.integers(1, 10**6))
    def test_any_difference_is_found(self, booked, wrong):
        entries = [entry(amount) for amount in booked]
        closing = sum(booked) + wrong
        (found,) = read(camt(camt_statement(IBAN, "EUR", 0, entries, closing)))
        with self.assertRaises(EngineError) as caught:
            check_balance(found)
        self.assertEqual(caught.exception.code, "bank_statement_out_of_balance")
        self.assertEqual(
            caught.exception.params["difference"], f"{wrong // 100}.{wrong % 100:02d}"
        )


def bank_line(amount, text="", day=2):
    return BankLine(1, "booked", date(2026, 3, day), None, amount, text=text)


class TestFingerprints(EngineCase):
    def test_twins_count_up_and_words_of_the_bank_do_not_matter(self):
        one, twin = bank_line(100, "INV 1"), bank_line(100, "inv-1")
        found = identities(fingerprint(line, "EUR") for line in (one, twin))
        self.assertEqual([identity.occurrence for identity in found], [1, 2])
        told = fingerprint(
            one._replace(info="Instant payment", status="pending"), "EUR"
        )
        self.assertEqual(told, found[0].fingerprint)
        self.assertNotEqual(fingerprint(bank_line(101, "INV 1"), "EUR"), told)
        self.assertNotEqual(fingerprint(bank_line(100, "INV 1", 3), "EUR"), told)
        self.assertNotEqual(fingerprint(one, "USD"), told)

    @few
    @given(
        st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ab")), max_size=12),
        st.lists(st.lists(st.integers(0, 11), max_size=12), min_size=1, max_size=4),
    )
    def test_overlapping_files_in_any_order_give_their_union(self, movements, files):
        # given several files, each a part of the bank's movements, some of them twins
        cut = [
            Counter(movements[i] for i in set(picks) if i < len(movements))
            for picks in files
        ]
        union = Counter()
        for file in cut:
            union |= file
        # when they are imported one after the other, then once more backwards
        known = set()
        for file in [*cut, *reversed(cut)]:
            found = identities(
                fingerprint(bank_line(100, text, day), "EUR")
                for day, text in file.elements()
            )
            known.update(
                identity
                for identity, new in zip(found, new_ones(found, known), strict=True)
                if new
            )
        # then exactly the union is in the books
        expected = Counter(
            fingerprint(bank_line(100, text, day), "EUR")
            for day, text in union.elements()
        )
        self.assertEqual(Counter(identity.fingerprint for identity in known), expected)
