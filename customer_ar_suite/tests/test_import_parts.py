"""A long file goes through the dry run part by part: what is found does not depend on it."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models import customer_import_stage
from .common_import import TAX_A, ImportCase

#: rows that are about each other, far apart
ALIKE = (
    "T-1,苏州工业园区恒达电子有限公司,,0512-62881234,星湖街100号\n",
    ",南京路贸易行,,,中山路1号\n",
    f"T-2,北京远东设备有限公司,{TAX_A},,长安街2号\n",
    "T-3,不同的商行,bad,,\n",
    ",苏州工业园恒达电子有限公司,,0512-62881234,星湖街100号\n",
    "T-1,又一个名字,,,\n",
    f"T-7,别的公司,{TAX_A},,\n",
)
HEADS = "编码,名称,税号,电话,地址\n"
KEPT = (
    "number",
    "status",
    "choice",
    "has_warning",
    "matched_by",
    "values",
    "diff",
    "raw",
)


@tagged("post_install", "-at_install")
class TestImportParts(ImportCase):
    def rows_of(self, content, size, name):
        """What is kept of a file read in parts of ``size`` rows."""
        with patch.object(customer_import_stage, "_PART_SIZE", size):
            batch = self.dry_run(content, name)
        return batch, [
            (
                *(row[field] for field in KEPT),
                [(f["code"], f["params"].get("first")) for f in row.findings or []],
            )
            for row in batch.row_ids.sudo().sorted("number")
        ]

    def test_rows_find_each_other_across_parts(self):
        content = HEADS + "".join(ALIKE)
        _whole, expected = self.rows_of(content, 2_000, "whole.csv")
        batch, found = self.rows_of(content + "\n", 2, "parts.csv")
        self.assertEqual(found, expected)
        self.assertEqual(
            {row.number: row.status for row in batch.row_ids},
            {2: "create", 3: "create", 4: "create", 5: "error", 6: "conflict",
             7: "conflict", 8: "conflict"},
        )  # fmt: skip
        by_number = {row.number: row for row in batch.row_ids}
        self.assertEqual(
            [f["params"]["first"] for n in (6, 7, 8) for f in by_number[n].findings],
            [2, 2, 4],
        )

    def test_what_is_asked_for_can_be_chosen_and_applied(self):
        batch, _rows = self.rows_of(HEADS + "".join(ALIKE), 2, "parts.csv")
        alike = batch.row_ids.filtered(lambda row: row.number == 6)
        alike.choice = "create"
        before = self.partners()
        batch.action_apply()
        self.assertEqual(batch.done_count, 4)
        self.assertEqual(self.partners(), before + 4)

    def test_rows_that_continue_a_customer_of_another_part(self):
        lines = [
            "编码,名称,联系人\n",
            *(f"T-{n},客户{n}号有限公司,张{n}\n" for n in range(1, 6)),
            ",,李四\n",
            "T-1,客户1号有限公司,王五\n",
        ]
        _whole, expected = self.rows_of("".join(lines), 2_000, "whole.csv")
        batch, found = self.rows_of("".join(lines) + "\n", 2, "parts.csv")
        self.assertEqual(found, expected)
        self.assertEqual((len(found), batch.continued_count), (5, 2))
        by_number = {row.number: row for row in batch.row_ids}
        self.assertEqual([line[0] for line in by_number[2].raw], [2, 8])
        self.assertEqual(by_number[6].values["contact_name#2"], "李四")

    def test_figures_of_all_parts(self):
        lines = "".join(f"T-{n},客户{n}号有限公司\n" for n in range(1, 8))
        batch, rows = self.rows_of(f"编码,名称\n{lines}合计,7\n", 3, "sum.csv")
        self.assertEqual((len(rows), batch.read_count, batch.footer_count), (7, 8, 1))
        # the dry run once more: nothing is there twice
        batch.action_check()
        self.assertEqual((batch.create_count, len(batch.row_ids)), (7, 7))
