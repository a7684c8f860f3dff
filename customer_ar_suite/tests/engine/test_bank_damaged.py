"""Damaged bank files of every format: refused, held, or the whole truth; never a part.

``./dev test-long bank_damaged`` cuts each sample at every byte and mutates thousands.
"""

import os
import time

from hypothesis import given
from hypothesis import strategies as st

from ...engine.bank_formats import (
    FORMATS,
    Confirmed,
    Figures,
    ReadContext,
    check_balance,
    prove,
    read_bank_file,
)
from ...engine.errors import BalanceError, EngineError
from ..bank_files import DIGITS
from .case import EngineCase, examples, walk
from .test_bank_formats import SAMPLES, profile

#: cuts per sample in the short run; the long one cuts at every byte
CUTS = 40


def good_samples():
    """Samples that are read, with what they become."""
    found = []
    for one in FORMATS:
        for path in walk(f"bank/{one.code}", *SAMPLES):
            if "refused_" not in path.name:
                data, context = path.read_bytes(), context_of(path)
                found.append((path, data, context, read_bank_file(data, context)))
    return found


def context_of(path):
    return ReadContext(path.name, DIGITS, profile(path), currency="EUR")


def proven(data, context, whole):
    """Statements of the file that the books would take without asking; by position.

    The journal is as the whole file would find it: its last closing is known where the
    format has a closing balance alone.
    """
    try:
        statements = read_bank_file(data, context)
    except EngineError:
        return {}
    found = {}
    for position, one in enumerate(statements):
        try:
            check_balance(one)
        except BalanceError:
            continue
        figures = Figures(
            one.opening, one.closing, one.booked_sum, len(one.booked), one.is_whole
        )
        if prove(figures, Confirmed(), last_closing(whole, position)).holds:
            found[position] = one
    return found


def last_closing(whole, position):
    one = whole[position] if position < len(whole) else None
    if one is None or one.closing is None:
        return None
    return one.closing - one.booked_sum


def entries(statement):
    """Booked money of a statement, parts of a batch together."""
    totals = {}
    for line in statement.booked:
        totals[line.entry] = totals.get(line.entry, 0) + line.amount
    return sorted(totals.values())


def essence(statement):
    """What must not be wrong: account, balances, booked money."""
    return statement.currency, statement.closing, entries(statement)


class TestCutFiles(EngineCase):
    def test_a_cut_file_is_refused_held_or_complete_up_to_a_statement(self):
        is_long = bool(os.environ.get("AR_LONG"))
        for path, data, context, whole in good_samples():
            stride = 1 if is_long else max(1, len(data) // CUTS)
            for end in range(0, len(data), stride):
                for position, one in proven(data[:end], context, whole).items():
                    self.assertLess(position, len(whole), (path.name, end))
                    self.assertEqual(
                        (essence(one), len(one.lines)),
                        (essence(whole[position]), len(whole[position].lines)),
                        (path.name, end),
                    )

    def test_the_whole_file_is_taken_where_its_format_proves_it(self):
        proofs = {}
        for path, data, context, whole in good_samples():
            taken = len(proven(data, context, whole)) == len(whole)
            proofs.setdefault(path.parent.name, set()).add(taken)
        self.assertIn(True, proofs["mt940"])
        self.assertIn(True, proofs["ofx"])
        self.assertIn(True, proofs["camt053"])
        # a table or a QIF file that was cut at the end of a row still reads
        self.assertEqual((proofs["qif"], proofs["csv"]), ({False}, {False}))


def mutated(draw, data):
    """One damage to ``data``: a byte, a line, a piece, or its tail."""
    kind = draw(st.sampled_from(("byte", "digit", "drop", "double", "swap", "insert")))
    lines = data.splitlines(keepends=True)
    row = draw(st.integers(0, len(lines) - 1))
    at = draw(st.integers(0, len(data) - 1))
    if kind == "byte":
        new = bytes([draw(st.integers(0, 255))])
        return data[:at] + new + data[at + 1 :]
    if kind == "digit":
        digits = [i for i, byte in enumerate(data) if 0x30 <= byte <= 0x39]
        spot = draw(st.sampled_from(digits or [at]))
        new = str(draw(st.integers(0, 9))).encode()
        return data[:spot] + new + data[spot + 1 :]
    if kind == "insert":
        piece = draw(
            st.sampled_from((b"0", b"-", b"<", b":", b"^", b",", b"\x00", b"\n"))
        )
        return data[:at] + piece + data[at:]
    if kind == "drop":
        return b"".join(lines[:row] + lines[row + 1 :])
    if kind == "double":
        return b"".join(lines[: row + 1] + lines[row:])
    other = draw(st.integers(0, len(lines) - 1))
    lines[row], lines[other] = lines[other], lines[row]
    return b"".join(lines)


class TestMutatedFiles(EngineCase):
    samples = None

    @examples(200)
    @given(st.data())
    def test_a_mutated_file_never_brings_a_wrong_amount(self, data):
        samples = type(self).samples = type(self).samples or good_samples()
        path, content, context, whole = data.draw(
            st.sampled_from(samples), label="sample"
        )
        changed = mutated(data.draw, content)
        for position, one in proven(changed, context, whole).items():
            # a batch that no longer adds up stays one line: compare what was booked
            known = [entries(other) for other in whole]
            self.assertIn(entries(one), known, (path.name, position))

    @examples(100)
    @given(st.data())
    def test_many_mutations_never_crash(self, data):
        samples = type(self).samples = type(self).samples or good_samples()
        _path, content, context, whole = data.draw(st.sampled_from(samples))
        for _round in range(data.draw(st.integers(2, 12))):
            content = mutated(data.draw, content) or content
        for one in proven(content, context, whole).values():
            if one.opening is not None:
                self.assertEqual(one.opening + one.booked_sum, one.closing)


class TestHostileFiles(EngineCase):
    def refusal(self, data, name="bank.bin"):
        started = time.monotonic()
        with self.assertRaises(EngineError) as caught:
            read_bank_file(data, ReadContext(name, DIGITS, currency="EUR"))
        self.assertLess(time.monotonic() - started, 5)
        return caught.exception.code

    def test_entities_and_dtds_are_refused_in_ofx_as_well(self):
        bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
        for dtd in (bomb, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">', bomb.lower()):
            data = b"<?xml version='1.0'?><?OFX?>" + dtd + b"<OFX>&b;</OFX>"
            self.assertEqual(self.refusal(data), "xml_dtd_refused")

    def test_megabytes_of_nothing_end_soon(self):
        for code, data in {
            "ofx_cut": b"<OFX>" + b"<!--" * 500_000,
            "ofx_nesting": b"<OFX>" + b"<A>" * 500_000 + b"</A>",
            "bank_message_incomplete": b":20:A\n:86:" + b"x\n" * 500_000,
            "qif_record_cut": b"!Type:Bank\n" + b"Ax\n" * 300_000,
        }.items():
            with self.subTest(code=code):
                self.assertEqual(self.refusal(data), code)
