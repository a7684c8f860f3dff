"""The chain of the audit log: canonical JSON, marks, and what the checker notices."""

import json
import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ...engine import audit
from ...engine.audit import GENESIS, Checker, Key, Link, Seal
from .case import EngineCase, examples

KEY = Key("2026", b"a secret of the server, long enough")
OTHER = Key("2027", b"another secret of the same server!!")

# what PostgreSQL's jsonb can hold: no NUL, no lone surrogates
texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))
numbers = st.integers() | st.decimals(
    allow_nan=False, allow_infinity=False, places=6
).map(lambda value: value + 0)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
payloads = st.dictionaries(texts, values, max_size=5)


def as_json(value, shuffle=None):
    """Another program's JSON of a value: other order, blanks and escapes."""
    if isinstance(value, dict):
        items = list(value.items())
        if shuffle:
            shuffle.shuffle(items)
        inner = " , ".join(
            f"{json.dumps(k, ensure_ascii=False)} : {as_json(v, shuffle)}"
            for k, v in items
        )
        return "{ " + inner + " }"
    if isinstance(value, list):
        return "[ " + " , ".join(as_json(item, shuffle) for item in value) + " ]"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return f"{text}0" if "." in text else f"{text}.0"
    return json.dumps(value, ensure_ascii=False)


def same_kind(value):
    """A value with what makes no difference taken out, and nothing else."""
    if isinstance(value, dict):
        return {key: same_kind(item) for key, item in value.items()}
    if isinstance(value, list):
        return ["list", *map(same_kind, value)]
    if isinstance(value, Decimal):
        return ("decimal", value.normalize() + 0)
    return (type(value).__name__, value)


class TestAuditCanonical(EngineCase):
    @examples(50)
    @given(value=values, seed=st.integers(0, 99))
    def test_order_blanks_and_notation_make_no_difference(self, value, seed):
        text = as_json(value, random.Random(seed))
        self.assertEqual(
            audit.canonical(audit.read(text)),
            audit.canonical(audit.read(as_json(value))),
        )

    @examples(100)
    @given(one=values, other=values)
    def test_two_values_have_two_texts(self, one, other):
        one, other = audit.read(as_json(one)), audit.read(as_json(other))
        self.assertEqual(
            audit.canonical(one) == audit.canonical(other),
            same_kind(one) == same_kind(other),
        )

    def test_known_texts(self):
        for text, expected in (
            ('{"b": [1, 2.50], "a": "é"}', '{"a":"\\u00e9","b":[1,"\\u00002.5"]}'),
            ("1.0", '"\\u00001"'),
            ("-0.0", '"\\u00000"'),
            ("1e3", '"\\u00001000"'),
            ('"2.5"', '"2.5"'),
            ("true", "true"),
            ("1", "1"),
        ):
            self.assertEqual(audit.canonical(audit.read(text)), expected)

    def test_what_is_no_json_is_refused(self):
        for text in ("NaN", "Infinity", "[1,]", "{'a': 1}", ""):
            with self.subTest(text), self.assertRaises(ValueError):
                audit.read(text)

    def test_keys(self):
        keys = audit.parse_keys(f"2026:{'a' * 40}, 2025:{'b' * 32}")
        self.assertEqual([key.id for key in keys], ["2026", "2025"])
        self.assertNotIn("aaaa", repr(keys))
        self.assertEqual(audit.parse_keys(" "), [])
        for text in ("short:abc", "no colon", ":" + "a" * 40):
            with self.subTest(text), self.assertRaises(ValueError):
                audit.parse_keys(text)


def entry(number, payload, **changed):
    """A row as the sealer reads it."""
    row = {
        "id": number, "at": f"2026-05-01T10:00:{number % 60:02d}.000000", "user_id": 7,
        "company_id": 1, "event": "record.write", "model": "res.partner", "res_id": number,
        "partner_ref": number, "origin": "odoo", "xid": 1000 + number,
        "payload": as_json(payload), "salt": f"salt-{number}",
    }  # fmt: skip
    return tuple((row | changed).values())


class ChainCase(EngineCase):
    """A log of sealed entries as lines of an export."""

    def export(self, groups, key=KEY):
        """Seal groups of rows one after the other; return the lines."""
        lines = [{"kind": "start", "columns": audit.COLUMNS, "after": None}]
        place, before = (0, GENESIS), GENESIS
        for number, rows in enumerate(groups, 1):
            linked = list(audit.chain(key, rows, place, number))
            for (link, mark), row in zip(linked, rows, strict=True):
                lines.append([list(link), mark, key.id, audit.read(row[-2]), row[-1]])
            last, mark = linked[-1]
            seal = Seal(
                number, place[0] + 1, last.seq, f"2026-05-01T10:0{number}:59.000000",
                1 + max(row[-3] for row in rows), mark, before,
            )  # fmt: skip
            before = audit.seal_mark(key, seal)
            lines.append(
                {
                    "kind": "seal", "id": seal.id, "first_seq": seal.first_seq,
                    "last_seq": seal.last_seq, "at": seal.at, "horizon": seal.horizon,
                    "mark_of_last": seal.mark, "previous": seal.previous,
                    "mark": before, "key": key.id,
                }
            )  # fmt: skip
            place = (last.seq, mark)
        return lines

    def check(self, lines, keys=(KEY,), heads=()):
        counts = {
            "entries": sum(isinstance(line, list) for line in lines),
            "seals": sum(
                isinstance(line, dict) and line["kind"] == "seal" for line in lines
            ),
        }
        checker = Checker({key.id: key for key in keys}, list(heads))
        for line in [*lines, {"kind": "end", **counts}]:
            checker.feed(json.dumps(line, default=float))
        return checker.finish()

    def codes(self, lines, **options):
        return {(finding.code, finding.seq) for finding in self.check(lines, **options)}


class TestAuditChain(ChainCase):
    @examples(25)
    @given(st.lists(st.lists(payloads, min_size=1, max_size=4), min_size=1, max_size=3))
    def test_what_was_sealed_is_intact(self, groups):
        number = iter(range(1, 100))
        rows = [[entry(next(number), payload) for payload in group] for group in groups]
        lines = self.export(rows)
        texts = [
            json.dumps(line) if isinstance(line, dict) else self.line(line)
            for line in lines
        ]
        checker = Checker({KEY.id: KEY})
        for text in texts:
            checker.feed(text)
        checker.feed(
            json.dumps(
                {"kind": "end", "entries": sum(map(len, rows)), "seals": len(rows)}
            )
        )
        self.assertEqual(checker.finish(), [])

    def line(self, line):
        link, mark, key, payload, salt = line
        parts = (json.dumps(link), json.dumps(mark), json.dumps(key), as_json(payload))
        return f"[{', '.join(parts)}, {json.dumps(salt)}]"

    def three_seals(self):
        return self.export(
            [[entry(10 * seal + n, {"n": n}) for n in (1, 2, 3)] for seal in (1, 2, 3)]
        )

    @examples(50)
    @given(
        position=st.integers(1, 9), column=st.integers(0, 12), junk=st.integers(90, 99)
    )
    def test_every_column_of_every_entry_is_protected(self, position, column, junk):
        lines = self.three_seals()
        rows = [line for line in lines if isinstance(line, list)]
        link = rows[position - 1][0]
        link[column] = f"x{junk}" if isinstance(link[column], str) else junk
        found = self.check(lines)
        self.assertTrue(found)
        if column:  # a moved position is named by its own number
            self.assertIn(position, {finding.seq for finding in found})

    @examples(30)
    @given(position=st.integers(1, 9), payload=payloads)
    def test_every_detail_is_protected(self, position, payload):
        lines = self.three_seals()
        rows = [line for line in lines if isinstance(line, list)]
        before = same_kind(rows[position - 1][3])
        rows[position - 1][3] = json.loads(json.dumps(payload, default=float))
        expected = set()
        if before != same_kind(audit.read(json.dumps(payload, default=float))):
            expected = {("payload_changed", position)}
        self.assertEqual(self.codes(lines), expected)

    def test_erased_details_need_a_record(self):
        lines = self.three_seals()
        lines[2][3:] = [None, None]
        self.assertEqual(self.codes(lines), {("payload_erased", 2)})
        # given the same erasure with its entry
        groups = [
            [entry(1, {"a": 1}), entry(2, {"b": 2})],
            [entry(3, {"entries": [[2, 2]]}, event=audit.ERASE)],
        ]
        lines = self.export(groups)
        lines[2][3:] = [None, None]
        self.assertEqual(self.codes(lines), set())

    def test_another_key_is_found_out(self):
        self.assertTrue(self.check(self.three_seals(), keys=(OTHER,)))
        forged = self.export(
            [[entry(1, {"n": 1})]], Key(KEY.id, b"what the attacker thinks it might be")
        )
        self.assertEqual(
            self.codes(forged), {("entry_changed", 1), ("seal_changed", None)}
        )

    def test_the_end_is_seen_by_its_head(self):
        lines = self.three_seals()
        seals = [
            line for line in lines if isinstance(line, dict) and line["kind"] == "seal"
        ]
        heads = [
            {"seal": seal["id"], "seq": seal["last_seq"], "mark": seal["mark"]}
            for seal in seals
        ]
        self.assertEqual(self.check(lines, heads=heads), [])
        cut = lines[: lines.index(seals[1]) + 1]
        self.assertEqual(self.check(cut), [])
        (found,) = self.check(cut, heads=heads)
        self.assertEqual((found.code, found.seal), ("head_missing", 3))
        # given a log that went another way after an old state was restored
        other = self.export([[entry(5, {"n": 9})], [entry(6, {})], [entry(7, {})]])
        self.assertEqual(
            [(f.code, f.seal) for f in self.check(other, heads=heads)],
            [("head_differs", 1), ("head_differs", 2), ("head_differs", 3)],
        )

    def test_a_restored_database_may_count_transactions_anew(self):
        groups = [
            [entry(1, {}, xid=5000)],
            [entry(2, {}, xid=5001), entry(3, {}, xid=40)],
        ]
        lines = self.export(groups)
        # when the horizon goes back with them, it is another database server
        self.assertIn(("entry_old_transaction", 3), self.codes(lines))
        moved = [[entry(1, {}, xid=5000)], [entry(2, {}, xid=40)]]
        self.assertEqual(self.codes(self.export(moved)), set())

    def test_junk_is_named_and_nothing_crashes(self):
        for line in (
            "",
            "{",
            "[]",
            "[[1]]",
            '{"kind": "x"}',
            "null",
            '"x"',
            "[1,2,3,4,5]",
        ):
            checker = Checker({KEY.id: KEY})
            checker.feed(line)
            self.assertEqual(checker.finish()[0].code, "file_damaged", line)

    def test_ranges(self):
        self.assertEqual(audit.ranges([]), [])
        self.assertEqual(audit.ranges([5, 4, 4, 9]), [[4, 5], [9, 9]])

    def test_columns_of_the_export_are_those_of_the_link(self):
        self.assertEqual(audit.COLUMNS[0], list(Link._fields))
