"""Damaged customer files of every kind: refused by name, or nothing but the truth.

``./dev test-long customer_damaged`` cuts each sample at every byte and mutates thousands.
The seed of a run is Hypothesis's own or ``AR_SEED``; a failing example is printed with it.
"""

import os
import time
import zipfile
from decimal import Decimal
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from ...engine.customer_file.blocks import join
from ...engine.customer_file.checking import run_checks
from ...engine.customer_file.footer import split_footer
from ...engine.customer_file.headers import is_known, propose
from ...engine.customer_file.plan import build
from ...engine.customer_file.rows import Column, Settings, read_rows
from ...engine.errors import EngineError
from ...engine.tabular.cells import pack, unpack
from ...engine.tabular.columns import as_text
from ...engine.tabular.header import find_header
from ...engine.tabular.numbers import FORMATS
from ...engine.tabular.reader import read_table
from .case import EngineCase, examples
from .workbooks import make_ods, make_xls, make_xlsx

HEAD = ["客户编码", "客户名称", "税号", "电话", "邮箱", "信用额度", "联系人", "账号"]
ROWS = [
    [
        "T-1",
        "甲公司",
        "91310116052958608G",
        "021-62345678",
        "a@x.cn",
        "1234.50",
        "王",
        "",
    ],
    [
        "T-2",
        "乙, 公司",
        "",
        "13800138000",
        "b@x.cn",
        "98765.00",
        "李",
        "6222021234567890",
    ],
    ["", "", "", "", "", "", "赵", "6217001234567890"],
    ["T-3", '丙"厂"', "", "", "", "500000.00", "", ""],
    ["T-4", "丁公司", "", "", "", "", "", ""],
]
#: cuts per sample in the short run; the long one cuts at every byte
CUTS = 40
SETTINGS = Settings(country="CN")
SECONDS = 5.0


def as_csv(rows, separator=",", encoding="utf-8"):
    lines = [
        separator.join('"' + cell.replace('"', '""') + '"' for cell in row)
        for row in rows
    ]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def samples():
    """name -> content: one list in many dresses."""
    rows = [HEAD, *ROWS]
    return {
        "utf8.csv": as_csv(rows),
        "bom.csv": as_csv(rows, ";", "utf-8-sig"),
        "gb18030.csv": as_csv(rows, "\t", "gb18030"),
        "utf16.csv": as_csv(rows, ",", "utf-16"),
        "book.xlsx": make_xlsx([["客户一览表"], *rows]),
        "book.xls": make_xls(rows),
        "book.ods": make_ods(rows),
    }


def customers(data, name=""):
    """What a file becomes, the way the import reads it: (table, plans of its customers)."""
    table = read_table(data, name)
    sheet = table.sheet()
    header = find_header(sheet.rows, is_known)
    mapping = [
        Column(heading.column, heading.name, mapped.field)
        for heading, mapped in zip(
            header.headings, propose([h.name for h in header.headings]), strict=True
        )
        if mapped.field
    ]
    body = split_footer(sheet.rows[header.position + 1 :])
    rows = run_checks(join(read_rows(body.rows, mapping, SETTINGS)), SETTINGS)
    return table, build(rows, []).rows


def limits(plans):
    """Amounts by customer code, of what would be written."""
    return {
        plan.row.values.get("ref"): plan.row.values["credit_limit"]
        for plan in plans
        if plan.status == "create" and "credit_limit" in plan.row.values
    }


class TestCustomerDamaged(EngineCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.samples = samples()
        cls.whole = {name: customers(data)[1] for name, data in cls.samples.items()}

    def test_the_samples_are_read_whole(self):
        for name, plans in self.whole.items():
            self.assertEqual(
                [plan.row.text("ref") for plan in plans],
                ["T-1", "T-2", "T-3", "T-4"],
                name,
            )
            self.assertEqual(plans[1].row.text("contact_name#2"), "赵", name)
            self.assertEqual(
                limits(plans),
                {
                    "T-1": Decimal("1234.50"),
                    "T-2": Decimal("98765.00"),
                    "T-3": Decimal("500000.00"),
                },
                name,
            )

    def test_cut_workbooks_are_refused(self):
        for name, data in self.samples.items():
            if name.endswith(".csv"):
                continue
            for end in self.ends(data):
                try:
                    found = customers(data[:end])[1]
                except EngineError:
                    continue
                # a compound file may miss its last, unused sector and be whole
                self.assertEqual(limits(found), limits(self.whole[name]), (name, end))
                self.assertEqual(len(found), len(self.whole[name]), (name, end))

    def test_cut_texts_lose_the_end_and_nothing_else(self):
        for name, data in self.samples.items():
            if not name.endswith(".csv"):
                continue
            lines = read_table(data).sheet().rows
            for end in self.ends(data):
                try:
                    table = read_table(data[:end])
                except EngineError:
                    continue
                rows = table.sheet().rows
                # all rows but the last are those of the file; the last may be cut, and
                # then its line has no end, which the screen tells
                self.assertEqual(rows[:-1], lines[: len(rows) - 1], (name, end))
                if rows[-1] != lines[len(rows) - 1]:
                    self.assertTrue(table.open_end, (name, end))

    @examples(200)
    @given(data=st.data())
    def test_mutated(self, data):
        """Bytes changed, put in, left out, doubled: an answer in time, never a traceback."""
        name = data.draw(st.sampled_from(sorted(self.samples)))
        content = bytearray(self.samples[name])
        for _blow in range(data.draw(st.integers(1, 4))):
            self.strike(content, data)
        started = time.process_time()
        try:
            table, plans = customers(bytes(content), name)
        except EngineError as error:
            self.assertTrue(error.code)
            return
        finally:
            self.assertLess(time.process_time() - started, SECONDS)
        self.assertLessEqual(
            sum(1 + len(plan.row.more) for plan in plans),
            sum(len(sheet.rows) for sheet in table.sheets),
        )
        if table.kind in ("xlsx", "ods"):
            # checksums: what can be read is what was written
            for ref, amount in limits(plans).items():
                self.assertEqual(limits(self.whole[name]).get(ref), amount)

    @examples(100)
    @given(data=st.data())
    def test_generated(self, data):
        """Tables of anything in any cell."""
        cell = st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                [
                    "1.234,56",
                    "(100)",
                    "1e5",
                    "１２",
                    "6.2E+18",
                    "=1+1",
                    "@SUM(A1)",
                    "合计",
                    "\u202e甲",
                    "a\u200bb",
                    "-",
                    "∞",
                    "NaN",
                    "13800138000/139",
                    "#N/A",
                    "'007",
                    "2026-02-30",
                    "\t",
                    "名称",
                    "Contact 2",
                    "第二联系人",
                ]  # fmt: skip
            ),
        )
        rows = data.draw(st.lists(st.lists(cell, max_size=12), max_size=12))
        for content in (as_csv(rows), as_csv(rows, ";", "utf-16")):
            try:
                _table, plans = customers(content)
            except EngineError:
                continue
            for plan in plans:
                limit = plan.row.values.get("credit_limit")
                if limit is not None:
                    self.assertIn(
                        FORMATS["english"].render(limit).lstrip("-")[:1], "0123456789"
                    )

    def test_hostile(self):
        """Bombs and lies: a clear answer within the limits of time."""
        for name, content in self.hostile().items():
            started = time.process_time()
            try:
                customers(content, name)
            except EngineError as error:
                self.assertTrue(error.code, name)
            self.assertLess(time.process_time() - started, SECONDS, name)

    # -- helpers --------------------------------------------------------------------------

    def ends(self, data):
        """Where a sample is cut: everywhere in the long run."""
        step = 1 if os.environ.get("AR_LONG") else max(1, len(data) // CUTS)
        return range(0, len(data), step)

    def strike(self, content, data):
        place = data.draw(st.integers(0, max(len(content) - 1, 0)))
        kind = data.draw(
            st.sampled_from(("change", "insert", "drop", "double", "swap"))
        )
        if kind == "change" and content:
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            content[place:place] = data.draw(st.binary(max_size=8))
        elif kind == "drop":
            del content[place : place + data.draw(st.integers(1, 64))]
        elif kind == "double":
            content[place:place] = content[place : place + 64]
        else:
            content[place : place + 16] = content[place : place + 16][::-1]

    def hostile(self):
        """name -> content of files that mean harm."""
        book = self.samples["book.xlsx"]
        return {
            "zeros.xlsx": b"PK\x03\x04" + bytes(100_000),
            "bomb.xlsx": self.with_part(
                book, "xl/worksheets/sheet1.xml", b" " * 60_000_000
            ),
            "entity.xlsx": self.with_part(
                book,
                "xl/sharedStrings.xml",
                b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
                b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst>&b;</sst>',
            ),
            "quotes.csv": b'name,city\n"' + b"x" * 500_000,
            "wide.csv": b"name" + b",x" * 100_000 + b"\n",
            "deep.csv": b"name\n" + b"\n" * 500_000 + b"A\n",
            "one_line.csv": b"a" * 2_000_000,
            "nul.csv": b"name\0\n" * 100,
            "mixed.csv": "名称\n甲\n".encode() + "乙公司有限\n".encode("gb18030") * 50,
            "continued.csv": ("名称,联系人\n甲,一\n" + ",王\n" * 20_000).encode(),
            "repeated.csv": (
                "名称,联系人\n" + "".join(f"甲,王{n}\n" for n in range(20_000))
            ).encode(),
            "headings.csv": (
                ",".join(f"联系人{n}电话" for n in range(250)) + "\n"
            ).encode(),
            "names.csv": b"name,phone\n" + b"A," + b"(" * 30_000 + b"\n",
            "digits.csv": b"name,limit\nA," + b"9" * 30_000 + b"\n",
            "accents.csv": ("name\na" + "\u0301" * 30_000 + "\n").encode(),
        }

    def with_part(self, book, part, content):
        target = BytesIO()
        with (
            zipfile.ZipFile(BytesIO(book)) as source,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out,
        ):
            for member in source.infolist():
                own = member.filename == part
                out.writestr(member.filename, content if own else source.read(member))
        return target.getvalue()


class TestCells(EngineCase):
    @examples(50)
    @given(
        st.lists(
            st.one_of(
                st.text(),
                st.decimals(allow_nan=False, allow_infinity=False),
                st.booleans(),
                st.dates(),
                st.datetimes(),
            )
        )
    )
    def test_kept_cells_are_the_cells(self, cells):
        self.assertEqual(unpack(pack(cells)), tuple(cells))
        self.assertEqual(
            [as_text(c) for c in unpack(pack(cells))], [as_text(c) for c in cells]
        )
