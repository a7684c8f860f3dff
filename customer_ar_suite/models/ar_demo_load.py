"""Sample data: open items of a former system, customers a shop sent, scheduled work."""

from datetime import timedelta

from odoo import api, fields, models

#: file → company; rows are (customer, number, kind, days before, days to pay, currency, amount)
OPENING = {
    "nl": (
        "open items former system.csv",
        "Customer,Document,Type,Invoice Date,Due Date,Currency,Open Amount",
        (
            ("Oude Rijn Bouw B.V.", "V-20881", "Invoice", 75, 30, "EUR", "4810.50"),
            ("Oude Rijn Bouw B.V.", "V-20934", "Invoice", 40, 30, "EUR", "1290.00"),
            ("Oude Rijn Bouw B.V.", "C-00417", "Credit Note", 35, 0, "EUR", "310.50"),
            ("Oude Rijn Bouw B.V.", "", "Receipt", 20, 0, "EUR", "250.00"),
            ("Oude Rijn Bouw B.V.", "V-20990", "Invoice", 20, 30, "USD", "980.00"),
        ),
    ),
    "cn": (
        "期初应收.csv",
        "客户名称,单据号,单据类型,单据日期,到期日,币种,原币余额",
        (
            ("常熟旧系统纺织有限公司", "XS-0931", "发票", 60, 30, "CNY", "86500.00"),
            ("常熟旧系统纺织有限公司", "SK-0112", "预收款", 25, 0, "CNY", "12000.00"),
            ("无名客户有限公司", "XS-0940", "发票", 50, 30, "CNY", "7300.00"),
            ("常熟旧系统纺织有限公司", "XS-0931", "发票", 60, 30, "CNY", "86500.00"),
        ),
    ),
}  # fmt: skip
_CUT_OVER = 120
SHOP = (
    {"key": "WEB-2001", "name": "Grachtenfiets Verhuur B.V.", "ref": "W2001",
     "email": "inkoop@grachtenfiets.example", "city": "Amsterdam", "country": "NL"},
    {"key": "WEB-2002", "name": "Polderlicht Energie B.V.", "ref": "W2002",
     "email": "facturen@polderlicht.example", "city": "Lelystad", "country": "NL"},
    {"key": "WEB-2003", "name": "Duinzicht Hotel B.V.", "email": "receptie"},
)  # fmt: skip


class ArDemo(models.AbstractModel):
    """One file booked, one waiting for a customer to be chosen; a call; two workflows."""

    _inherit = "ar.demo"

    @api.model
    def _load_loads(self):
        """Before new customers need approval in one of the companies."""
        if self._sample("opening_import_nl"):
            return
        for code in OPENING:
            self._load_opening(code)
        self._load_shop()
        self._load_workflows()

    # -- opening items --------------------------------------------------------------------

    def _load_opening(self, code):
        name, headings, rows = OPENING[code]
        customer = self._in_company("res.partner", code).create(
            {
                "name": rows[0][0],
                "is_company": True,
                "customer_rank": 1,
                "company_id": self._company(code).id,
                "country_id": self._company(code).country_id.id,
            }
        )
        self._keep(customer, [f"opening_customer_{code}"])
        self._prepare_opening(code)
        one = self._stage_opening(code, name, "\n".join([headings, *self._lines(rows)]))
        self._keep(one, [f"opening_import_{code}"])
        one.action_check()
        if code == "nl":
            for total in one.total_ids:
                total.ledger_amount = total.file_amount
            one.action_confirm_totals()
            one.action_apply()
            moves = one.item_ids.move_id
            self._keep(moves, [f"opening_move_{n}" for n in range(len(moves))])

    def _lines(self, rows):
        cut_over = fields.Date.context_today(self) - timedelta(days=_CUT_OVER)
        for customer, number, kind, ago, term, currency, amount in rows:
            day = cut_over - timedelta(days=ago)
            due = day + timedelta(days=term)
            yield ",".join(
                (customer, number, kind, str(day), str(due), currency, amount)
            )

    def _prepare_opening(self, code):
        """A journal and an account of their own, as the settings advise."""
        company = self._company(code)
        account = self._in_company("account.account", code).create(
            {
                "name": "期初余额结转" if code == "cn" else "Opening Balances",
                "code": "999998",
                "account_type": "equity",
                "company_ids": [fields.Command.set(company.ids)],
            }
        )
        journal = self._in_company("account.journal", code).create(
            {
                "name": "期初" if code == "cn" else "Opening",
                "code": "OPEN",
                "type": "general",
                "company_id": company.id,
            }
        )
        self._keep(account, [f"opening_account_{code}"])
        self._keep(journal, [f"opening_journal_{code}"])
        company.write(
            {"ar_opening_account_id": account.id, "ar_opening_journal_id": journal.id}
        )

    def _stage_opening(self, code, name, text):
        company = self._company(code)
        return self._as("accountant", "ar.opening.import", code)._upload(
            name,
            (text + "\n").encode(),
            company,
            cut_over_date=fields.Date.context_today(self) - timedelta(days=_CUT_OVER),
            journal_id=company.ar_opening_journal_id.id,
            opening_account_id=company.ar_opening_account_id.id,
        )

    # -- another system -------------------------------------------------------------------

    def _load_shop(self):
        """What a web shop sent: two customers taken, one refused."""
        batches = self._as("clerk", "customer.import.batch", "nl")
        answer = batches.api_upsert(
            [dict(row) for row in SHOP], "webshop", {"request": "sample-1"}
        )
        batch = self.env["customer.import.batch"].browse(answer["batch"])
        self._keep(batch, ["api_batch"])
        ids = [row["id"] for row in answer["rows"] if row["result"] == "created"]
        partners = self.env["res.partner"].browse(ids)
        self._keep(partners, [f"api_customer_{n}" for n in range(len(ids))])
        links = self.env["customer.external.key"].search([("batch_id", "=", batch.id)])
        self._keep(links, [f"api_key_{n}" for n in range(len(links))])

    # -- scheduled work -------------------------------------------------------------------

    def _load_workflows(self):
        """Posting under conditions, with a list to look at; sending, switched off."""
        titles = {
            "post": ("Recurring invoices up to 5,000", "五千元以内的循环发票"),
            "send": ("Invoices by e-mail", "电子邮件发送发票"),
        }
        for kind, (english, chinese) in titles.items():
            model = self._as("accountant", "ar.workflow", "nl")
            flow = model.create(
                {
                    "kind": kind,
                    "name": english,
                    "company_id": self._company("nl").id,
                    "responsible_id": model.env.uid,
                    "amount_to": 5000 if kind == "post" else 0,
                    "sequence": 10,
                }
            )
            flow.with_context(lang="zh_CN").name = chinese
            self._keep(flow, [f"workflow_{kind}"])
            if kind == "post":
                self._load_recurring()
                flow.action_preview()
                self._keep(flow.run_ids, ["workflow_run"])

    def _load_recurring(self):
        """Two recurring invoices whose day has come, one of them above the limit."""
        today = fields.Date.context_today(self)
        customer = self._sample("opening_customer_nl")
        moves = self._in_company("account.move", "nl")
        for number, amount in enumerate((450.0, 7200.0)):
            move = moves.create(
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_date": today,
                    "date": today,
                    "auto_post": "monthly",
                    "invoice_line_ids": [
                        fields.Command.create(
                            {
                                "name": self.env._("Maintenance"),
                                "price_unit": amount,
                                "tax_ids": [
                                    fields.Command.set(
                                        self._sample("tax_nl_domestic").ids
                                    )
                                ],
                            }
                        )
                    ],
                }
            )
            self._keep(move, [f"workflow_move_{number}"])
