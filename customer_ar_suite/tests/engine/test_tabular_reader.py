"""Files from outside are read whole and right, or refused by name."""

import random
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from ...engine.errors import EngineError, FileError
from ...engine.tabular import filetype, table
from ...engine.tabular.header import find_header
from ...engine.tabular.packed import PART, pack_rows
from ...engine.tabular.reader import read_packed, read_table
from ...engine.tabular.table import CellFault, RawRow
from .case import EngineCase
from .workbooks import change_part, make_ods, make_xls, make_xlsx

ROWS = [
    ["客户编号", "客户名称", "城市"],
    ["0001", "上海测试有限公司", "上海"],
    ["0002", "北京样品厂", "北京"],
]
CSV = "\r\n".join(",".join(row) for row in ROWS) + "\r\n"


def cells(data, **kwargs):
    return [list(row.cells) for row in read_table(data, **kwargs).sheet().rows]


class TestReader(EngineCase):
    def refused(self, code, data, **kwargs):
        with self.assertRaises(FileError) as caught:
            read_table(data, **kwargs)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception.params

    # -- the same table in many dresses --------------------------------------------------

    def test_every_encoding_gives_the_same_rows(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-32"):
            found = read_table(CSV.encode(encoding))
            self.assertEqual(
                [list(r.cells) for r in found.sheet().rows], ROWS, encoding
            )
            self.assertGreater(found.confidence, 0.8, encoding)
        self.assertEqual(cells(CSV.encode("utf-16-le")), ROWS)
        self.assertEqual(read_table(CSV.encode("gbk")).encoding, "gb18030")

    def test_western_traditional_chinese_and_japanese(self):
        western = "Name;Ort\nMüller Söhne;Köln\nCafé Señor;Málaga\n"
        self.assertEqual(read_table(western.encode("cp1252")).encoding, "cp1252")
        self.assertEqual(cells(western.encode("cp1252"))[2], ["Café Señor", "Málaga"])
        taiwan = (
            "客戶編號,客戶名稱,地址\n1,臺灣測試股份有限公司,臺北市中正區重慶南路一段\n"
        )
        self.assertEqual(read_table(taiwan.encode("big5")).encoding, "big5")
        japan = "顧客名,住所\n株式会社テスト商事,東京都新宿区西新宿二丁目\n"
        self.assertEqual(read_table(japan.encode("cp932")).encoding, "cp932")

    def test_workbooks_give_the_same_rows(self):
        for make in (make_xlsx, make_xls, make_ods):
            self.assertEqual(cells(make(ROWS)), ROWS, make.__name__)

    def test_separators_and_quoted_newlines(self):
        for delimiter in ",;\t|":
            text = CSV.replace(",", delimiter)
            self.assertEqual(cells(text.encode()), ROWS)
            self.assertEqual(read_table(text.encode()).delimiter, delimiter)
        self.assertEqual(cells(b'a,b\n"x\ny","say ""hi"""\n')[1], ["x\ny", 'say "hi"'])
        self.assertEqual(cells(b"sep=;\na;b\n1,5;2\n")[1], ["1,5", "2"])
        self.assertEqual(cells(b"a,b\r1,2\r")[1], ["1", "2"])

    def test_row_numbers_are_those_of_the_file_and_empty_rows_are_counted(self):
        found = read_table(b"a,b\n\n , \n1,2\n").sheet()
        self.assertEqual([row.number for row in found.rows], [1, 4])
        self.assertEqual(found.empty_rows, 2)

    # -- typed cells ---------------------------------------------------------------------

    def test_workbook_values_are_exact(self):
        day = datetime(2026, 1, 31)
        rows = [[0.1 + 0.2, 123, "007", day, True, 0.155, 42]]
        data = make_xlsx(
            rows,
            formats={
                (0, 1): {"num_format": "000000"},
                (0, 3): {"num_format": "yyyy-mm-dd"},
                (0, 5): {"num_format": "0.0%"},
            },
        )
        self.assertEqual(
            cells(data)[0],
            [
                Decimal("0.3"),
                "000123",
                "007",
                date(2026, 1, 31),
                True,
                "15.5%",
                Decimal(42),
            ],
        )

    def test_formula_errors_are_faults(self):
        data = change_part(
            make_xlsx([["x", 1]]),
            "xl/worksheets/sheet1.xml",
            lambda part: part.replace(
                b'<c r="B1"><v>1</v></c>', b'<c r="B1" t="e"><v>#N/A</v></c>'
            ),
        )
        self.assertEqual(cells(data)[0][1], CellFault("#N/A"))

    # -- bad files -----------------------------------------------------------------------

    def test_the_real_type_is_named(self):
        kinds = {
            b"<html><table><tr><td>x</td></tr></table></html>": "HTML",
            b"%PDF-1.7 ...": "PDF",
            b"\xef\xbb\xbf<?xml version='1.0'?><Document/>": "XML",
            b"Rar!\x1a\x07": "RAR",
        }
        for data, kind in kinds.items():
            found = self.refused("file_type_unsupported", data, filename="kunden.xls")
            self.assertEqual(found["kind"], kind)
        self.assertEqual(cells(CSV.encode(), filename="customers.xlsx"), ROWS)
        self.assertEqual(cells(make_xlsx(ROWS), filename="customers.csv"), ROWS)

    def test_empty_and_truncated_files(self):
        self.refused("file_empty", b"")
        self.refused("file_empty", b"\xef\xbb\xbf \r\n")
        self.refused("file_no_rows", make_xlsx([]))
        self.refused("file_no_rows", b",,,\n,,\n")
        whole = make_xlsx(ROWS)
        for size in (10, 200, len(whole) // 2, len(whole) - 1):
            self.refused("file_corrupt", whole[:size])
        self.refused("file_corrupt", make_xls(ROWS)[:1500])
        self.refused("file_truncated", CSV.encode().rstrip()[:-1])
        self.refused("file_truncated", CSV.encode("gb18030").rstrip()[:-1])

    def test_unknown_and_mixed_encodings_are_refused(self):
        self.refused("encoding_unknown", "Имя;Город\nПример;Москва\n".encode("cp1251"))
        both = CSV.encode() + "0003,广州样品厂,广州\n".encode("gbk")
        self.assertEqual(self.refused("encoding_mixed", both)["row"], 4)
        wrong = self.refused("encoding_wrong", CSV.encode("gbk"), encoding="utf-8")
        self.assertEqual(wrong["row"], 1)
        self.refused("encoding_wrong", CSV.encode(), encoding="no-such-code")
        self.refused("file_has_nul", b"a,b\n1,\0\n")

    def test_open_quotes_and_long_cells_are_refused_with_their_row(self):
        self.assertEqual(self.refused("csv_quote_open", b'a,b\n1,"x\n2,y\n')["row"], 2)
        self.assertEqual(self.refused("csv_quote_bad", b'a,b\n"x"y,2\n')["row"], 2)
        huge = self.refused("cell_too_long", b"a,b\n1," + b"x" * 10_000_000)
        self.assertEqual((huge["row"], huge["limit"]), (2, table.MAX_CELL))
        self.refused("too_many_columns", b"," * 300 + b"x")

    def test_size_limits(self):
        self.refused("file_too_big", b"a" * (table.MAX_BYTES + 1))
        self.refused("too_many_rows", b"a\n" * (table.MAX_ROWS + 1))

    def test_bombs_are_refused_before_they_are_unpacked(self):
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", b" " * 30_000_000)
        self.assertEqual(
            self.refused("archive_unsafe", buffer.getvalue())["reason"], "size"
        )
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for number in range(table.MAX_MEMBERS + 1):
                archive.writestr(f"{number}", b"")
        self.assertEqual(
            self.refused("archive_unsafe", buffer.getvalue())["reason"], "members"
        )
        laughs = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        data = change_part(
            make_xlsx(ROWS),
            "xl/workbook.xml",
            lambda part: part.replace(b"?>", b"?>" + laughs, 1),
        )
        self.assertEqual(self.refused("archive_unsafe", data)["reason"], "dtd")

    def test_a_lying_size_loses_no_row_and_costs_nothing(self):
        rows = [["name", "x"]] + [[f"c{i}", i] for i in range(500)]
        for lie in (b"A1:B2", b"A1:XFD1048576"):
            data = change_part(
                make_xlsx(rows),
                "xl/worksheets/sheet1.xml",
                lambda part, lie=lie: part.replace(
                    b'ref="A1:B501"', b'ref="' + lie + b'"'
                ),
            )
            self.assertEqual(len(cells(data)), 501)

    def test_reader_is_total(self):
        # given valid files with random bytes changed, added or cut: rows or a clear error
        chance = random.Random(20260131)
        for make in (make_xlsx, make_xls, make_ods, lambda rows: CSV.encode("gb18030")):
            whole = make(ROWS)
            for _ in range(25):
                data = bytearray(whole)
                for _ in range(chance.randint(1, 8)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
                data = data[: chance.choice([len(data), chance.randrange(len(data))])]
                try:
                    read_table(bytes(data))
                except EngineError:
                    pass

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(st.binary(max_size=400))
    def test_reader_is_total_on_noise(self, data):
        try:
            read_table(data)
        except EngineError:
            pass

    def test_content_decides_not_the_name(self):
        self.assertEqual(filetype.identify(make_xls(ROWS), "x.csv"), "xls")


class TestHeader(EngineCase):
    def header(self, rows, known=()):
        found = [table.RawRow(i, tuple(row)) for i, row in enumerate(rows, 1)]
        return find_header(found, lambda text: text in known)

    def test_titles_above_are_passed_over(self):
        header = self.header(
            [["某某有限公司客户资料表"], ["导出时间：2026-06-02"], *ROWS]
        )
        self.assertEqual(header.position, 2)
        self.assertEqual([h.name for h in header.headings], ROWS[0])

    def test_known_words_win_over_a_text_row(self):
        rows = [["see", "notes", "below"], ["Name", "City", "Phone"], ["A", "B", "C"]]
        self.assertEqual(self.header(rows, {"Name", "City"}).position, 1)

    def test_two_rows_of_headings_merged_both_ways(self):
        # given headings merged downwards, and one merged over two columns
        rows = [["编号", "名称", "联系人", "", "开户行"], ["", "", "姓名", "电话"]]
        rows.append(["1", "甲", "王丽", "138", "工行"])
        header = self.header(rows, {"编号", "名称", "姓名", "电话", "联系人", "开户行"})
        self.assertEqual(header.position, 1)
        self.assertEqual(
            [h.name for h in header.headings],
            ["编号", "名称", "联系人 / 姓名", "联系人 / 电话", "开户行"],
        )

    def test_merged_headings_and_nameless_columns(self):
        rows = [
            ["No.", "Contact", ""],
            ["", "Phone", "E-mail", "", "Phone"],
            ["1", "123", "a@b.cn", "left", "5"],
        ]
        header = self.header(rows, {"Phone", "E-mail"})
        self.assertEqual(
            [h.name for h in header.headings],
            ["No.", "Contact / Phone", "Contact / E-mail", "D", "Phone"],
        )


class TestPacked(EngineCase):
    """Rows kept small say what the rows said, wherever one looks."""

    CELLS = (
        "", "客户", "a\ud800b", "line\nbreak", True, False, Decimal("1.50"), Decimal("1E+3"),
        date(2026, 1, 31), datetime(2026, 1, 31, 8, 30), CellFault("#N/A"),
    )  # fmt: skip

    @settings(max_examples=25, derandomize=True, deadline=None)
    @given(
        st.lists(st.lists(st.sampled_from(CELLS), max_size=4), max_size=40), st.data()
    )
    def test_like_a_list(self, cells, data):
        rows = [RawRow(2 * n + 1, tuple(row)) for n, row in enumerate(cells)]
        packed = pack_rows(rows)
        self.assertEqual((len(packed), list(packed)), (len(rows), rows))
        self.assertEqual(bool(packed), bool(rows))
        place = st.integers(-45, 45)
        start, end = data.draw(place), data.draw(place)
        self.assertEqual(packed[start:end], rows[start:end])
        if -len(rows) <= start < len(rows):
            self.assertEqual(packed[start], rows[start])
        else:
            self.assertRaises(IndexError, lambda: packed[start])

    def test_across_parts(self):
        rows = [RawRow(n, (str(n),)) for n in range(2 * PART + 3)]
        packed = pack_rows(rows)
        self.assertEqual(len(packed.parts), 3)
        for place in (0, PART - 1, PART, 2 * PART, -1):
            self.assertEqual(packed[place], rows[place])
        self.assertEqual(packed[PART - 1 : PART + 2], rows[PART - 1 : PART + 2])

    def test_whole_files(self):
        for name, data in (("a.csv", CSV.encode()), ("a.xlsx", make_xlsx(ROWS))):
            plain, packed = read_table(data, name), read_packed(data, name)
            self.assertEqual(list(packed.sheet().rows), plain.sheet().rows)
            self.assertEqual(packed._replace(sheets=[]), plain._replace(sheets=[]))
