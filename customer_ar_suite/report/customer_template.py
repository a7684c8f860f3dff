"""The workbook people fill in: headings that the import recognises, an example, lists."""

import io

from xlsxwriter.utility import xl_col_to_name

from odoo import api, models

from ..workbook import literal_workbook

#: the columns of the template, in the order people know them
COLUMNS = (
    "ref", "name", "vat", "country", "state", "city", "street", "zip", "phone", "email",
    "contact_name", "contact_phone", "contact_email", "bank_name", "bank_account",
    "delivery_name", "delivery_street", "delivery_city", "delivery_phone",
    "payment_term", "salesperson", "tags", "comment",
)  # fmt: skip
_FIRST_ROW, _LAST_ROW = 1, 2_000
_EXAMPLE = {
    "ref": "C-0001", "name": "Example Trading Ltd", "vat": "91310116052958608G",
    "city": "Shanghai", "street": "100 Century Avenue", "zip": "200120",
    "phone": "+86 21 6234 5678", "email": "accounts@example.com",
    "contact_name": "Wang Li", "contact_phone": "+86 138 0013 8000",
    "contact_email": "wang.li@example.com", "bank_account": "6222021234567890123",
    "delivery_name": "Warehouse 2", "delivery_street": "8 Harbour Road",
    "delivery_city": "Shanghai", "delivery_phone": "+86 138 0013 8001",
}  # fmt: skip
_EXAMPLE_ZH = {
    "name": "示例贸易有限公司", "city": "上海", "street": "浦东新区世纪大道100号",
    "contact_name": "王丽", "bank_name": "中国工商银行", "delivery_name": "二号仓库",
    "delivery_street": "浦东新区港城路8号", "delivery_city": "上海",
}  # fmt: skip


class CustomerImportBatch(models.Model):
    """Prints the template of the customer import; decides nothing."""

    _inherit = "customer.import.batch"

    @api.model
    def _template_xlsx(self):
        """The template as bytes: one sheet in the user's language, drop-down lists."""
        target = io.BytesIO()
        with literal_workbook(target) as book:
            head = book.add_format({"bold": True, "bg_color": "#E9ECEF", "border": 1})
            text = book.add_format({"num_format": "@"})
            sheet = book.add_worksheet(self.env._("Customers"))
            lists = book.add_worksheet(self.env._("Lists"))
            labels = self._template_labels()
            example = self._template_example()
            choices = self._template_choices()
            for index, code in enumerate(COLUMNS):
                # text, so that codes and account numbers keep all their digits
                sheet.set_column(index, index, 20, text)
                sheet.write_string(0, index, labels[code], head)
                sheet.write_string(1, index, example.get(code, ""), text)
                if values := choices.get(code):
                    lists.write_column(0, index, values)
                    self._add_list(sheet, lists, index, len(values))
            sheet.freeze_panes(1, 2)
        return target.getvalue()

    def _template_labels(self):
        labels = self.env["customer.import.mapping"]._field_labels()
        return {code: labels[code] for code in COLUMNS}

    def _template_example(self):
        chinese = (self.env.lang or "").startswith("zh")
        country = self.env["res.country"].search([("code", "=", "CN")]).name or ""
        return {**_EXAMPLE, **(_EXAMPLE_ZH if chinese else {}), "country": country}

    def _template_choices(self):
        """What the drop-down lists offer: the records there are."""
        company = self.env.company
        terms = self.env["account.payment.term"].search(
            [("company_id", "in", (False, company.id))]
        )
        return {
            "country": self.env["res.country"].search([]).mapped("name"),
            "state": company.country_id.state_ids.mapped("name"),
            "payment_term": [name for name in terms.mapped("name") if name],
            "tags": self.env["res.partner.category"].search([]).mapped("name"),
        }

    def _add_list(self, sheet, lists, index, count):
        column = xl_col_to_name(index)
        source = f"='{lists.get_name()}'!${column}$1:${column}${count}"
        # a warning, not a refusal: other names may be right too
        sheet.data_validation(
            _FIRST_ROW,
            index,
            _LAST_ROW,
            index,
            {"validate": "list", "source": source, "error_type": "warning"},
        )
