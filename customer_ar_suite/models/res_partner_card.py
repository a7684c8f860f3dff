from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..engine.exposure import Parts
from ..engine.money import from_minor
from .res_partner import MONEY_GROUPS

USER_GROUP = "customer_ar_suite.customer_ar_suite_group_user"
READERS = ",".join(
    f"customer_ar_suite.customer_ar_suite_group_{role}"
    for role in ("ar_clerk", "collector", "credit_manager", "auditor")
)
#: how many of the latest records the card shows
LATEST = {"transactions": 8, "statements": 3, "confirmations": 3, "changes": 5}


def _latest(model, string, groups):
    return fields.Many2many(
        model, string=string, compute="_compute_ar_latest", groups=groups
    )


class ResPartner(models.Model):
    """The customer card: one look at what is known of a customer, and what to do next.

    Its figures are those of the ledger and of the credit check, computed once; its lists are
    records of their own, which each reader sees with his own rights.
    """

    _inherit = "res.partner"

    ar_is_important = fields.Boolean(
        string="Important Customer",
        copy=False,
        tracking=True,
        help="Stands out in lists and cards, and can be filtered by.",
    )
    ar_preferred_channel = fields.Selection(
        [
            ("email", "E-Mail"),
            ("phone", "Telephone"),
            ("message", "Messenger"),
            ("post", "Letter"),
            ("visit", "Visit"),
        ],
        string="Prefers to Be Reached by",
        tracking=True,
        groups=USER_GROUP,
    )
    ar_preferences = fields.Text(
        string="Preferences",
        groups=USER_GROUP,
        help="How this customer wants to be dealt with: times, papers, people, habits.",
    )
    ar_statement_layout_id = fields.Many2one(
        "ar.statement.layout",
        string="Statement Layout",
        company_dependent=True,
        groups=USER_GROUP,
        help="How this customer's statements of account look unless another layout is "
        "chosen.",
    )
    ar_payable_amount = fields.Monetary(
        string="We Owe",
        compute="_compute_ar_payable_amount",
        groups=MONEY_GROUPS,
        help="What the current company owes this customer as a supplier.",
    )
    ar_net_amount = fields.Monetary(
        string="Net Position",
        compute="_compute_ar_payable_amount",
        groups=MONEY_GROUPS,
        help="What he owes less what he is owed.",
    )
    ar_card = fields.Json(
        string="Customer Card", compute="_compute_ar_card", groups=USER_GROUP
    )
    ar_latest_item_ids = _latest(
        "account.move.line", "Latest Transactions", MONEY_GROUPS
    )
    ar_latest_statement_ids = _latest("ar.statement", "Latest Statements", READERS)
    ar_latest_confirmation_ids = _latest(
        "ar.confirmation", "Latest Confirmations", READERS
    )
    ar_latest_change_ids = _latest(
        "customer.change.request",
        "Latest Changes",
        ",".join(
            f"customer_ar_suite.customer_ar_suite_group_{role}"
            for role in (
                *("customer_clerk", "customer_reviewer", "ar_accountant"),
                *("credit_manager", "auditor"),
            )
        ),
    )

    @api.model
    def _has_field_access(self, field, operation):
        """The mark colours lists of all colleagues; customers in the portal do not see it."""
        allowed = super()._has_field_access(field, operation)
        if allowed and field.name == "ar_is_important" and self.env.user.share:
            return self.env.su
        return allowed

    # -- figures --------------------------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_ar_payable_amount(self):
        """Payables of the commercial partner, from the ledger; one query for all."""
        company = self.env.company
        found = {}
        for balance in self.env["ar.ledger"]._balances(
            fields.Date.context_today(self),
            partner_ids=self.commercial_partner_id._origin.ids,
            company_ids=company.ids,
            payable=True,
        ):
            found[balance.partner_id] = (
                found.get(balance.partner_id, 0) - balance.amount_company
            )
        for partner in self:
            owed = found.get(partner.commercial_partner_id._origin.id, 0)
            digits = company.currency_id.decimal_places
            partner.ar_payable_amount = from_minor(owed, digits)
            partner.ar_net_amount = partner.ar_balance_amount - float(
                from_minor(owed, digits)
            )

    @api.depends("commercial_partner_id", "customer_stage_id")
    @api.depends_context("company", "uid", "lang")
    def _compute_ar_card(self):
        """Tiles and bars as the widget draws them; money for those who may see it."""
        shown = self.browse()
        if self.env.user.has_groups(MONEY_GROUPS):
            shown = self._origin._ar_filtered_right("money")
        for partner in self:
            card = {"facts": partner._ar_card_facts(), "grade": None}
            if partner._origin in shown:
                card |= partner._ar_card_money()
                card["grade"] = partner._ar_card_grade()
            partner.ar_card = card

    def _ar_card_money(self):
        """Balance, overdue, exposure against the limit, payables and net."""
        return {
            "currency_id": self.env.company.currency_id.id,
            "balance": self.ar_balance_amount,
            "overdue": self.ar_overdue_amount,
            "oldest_due": self.ar_oldest_due_date
            and format_date(self.env, self.ar_oldest_due_date),
            "open_items": self.ar_open_item_count,
            "payable": self.ar_payable_amount,
            "net": self.ar_net_amount,
            "limit": self.ar_allowed_amount,
            "exposure": self.ar_exposure_amount,
            "headroom": self.ar_headroom_amount,
            "used_percent": self.ar_credit_used_percent,
            "hold": self.ar_hold_text if self.ar_is_on_hold else False,
            "parts": [
                {
                    "code": name,
                    "label": self._fields[field]._description_string(self.env),
                    "amount": self[field],
                }
                for name in Parts._fields
                for field in [f"ar_exposure_{name}_amount"]
                if self[field]
            ],
        }

    def _ar_card_facts(self):
        """Where the relationship stands, without any money: pairs of label and text."""
        self.ensure_one()
        days = (
            ("customer_first_contact_on", self.customer_first_contact_on),
            ("customer_last_contact_on", self.customer_last_contact_on),
            ("customer_next_contact_on", self.customer_next_contact_on),
        )
        facts = []
        if self.customer_stage_id:
            facts.append(
                ("customer_stage_id", self.customer_stage_id.display_name, False)
            )
        today = fields.Date.context_today(self)
        facts += [
            (
                name,
                format_date(self.env, day),
                name.endswith("next_contact_on") and day < today,
            )
            for name, day in days
            if day
        ]
        return [
            {
                "code": name,
                "label": self._fields[name]._description_string(self.env),
                "text": text,
                "is_late": is_late,
            }
            for name, text, is_late in facts
        ]

    def _ar_card_grade(self):
        """The credit grade and how it came about; None while nobody has rated."""
        if not self.ar_grade_id:
            return None
        reasons = [self.ar_grade_text] if self.ar_grade_text else []
        # sudo: the name of the grade of a customer whose money the reader may see
        return {"grade": self.ar_grade_id.sudo().display_name, "reasons": reasons}

    # -- latest records -------------------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_ar_latest(self):
        """The latest records of each kind this user may read; one question per kind."""
        today = fields.Date.context_today(self)
        companies = Domain("company_id", "=", self.env.company.id)
        kinds = {
            "ar_latest_item_ids": (
                "account.move.line",
                companies
                & Domain("account_type", "=", "asset_receivable")
                & Domain("parent_state", "=", "posted")
                & Domain("date", "<=", today),
                "date",
                "transactions",
            ),
            "ar_latest_statement_ids": (
                "ar.statement", companies, "as_of_date", "statements",
            ),
            "ar_latest_confirmation_ids": (
                "ar.confirmation", companies, "as_of_date", "confirmations",
            ),
            "ar_latest_change_ids": (
                "customer.change.request", Domain.TRUE, "create_date", "changes",
            ),
        }  # fmt: skip
        for name, (model, domain, day, code) in kinds.items():
            # one compute for lists that not the same people may read
            if not self._has_field_access(self._fields[name], "read"):
                continue
            found = self._ar_latest_of(model, domain, day, LATEST[code])
            # looked at together: one by one they would be fetched one by one
            records = self.env[model].browse(
                {id_ for ids in found.values() for id_ in ids}
            )
            records._filtered_access("read")
            for partner in self:
                customer = partner.commercial_partner_id._origin.id
                latest = records.browse(found.get(customer, ()))
                partner[name] = latest.with_prefetch(records.ids)

    def _ar_latest_of(self, model, domain, day, count):
        """{customer: ids of his latest records}, contacts of his included."""
        records = self.env[model]
        customers = self.commercial_partner_id._origin
        if not customers or not records.has_access("read"):
            return {}
        contacts = self.env["res.partner"]._search(
            [("commercial_partner_id", "in", customers.ids)],
            active_test=False,
            bypass_access=True,  # ids only; the records are filtered by their own rules
        )
        query = records._search(domain & Domain("partner_id", "in", contacts))
        table = SQL.identifier(records._table)
        latest = SQL(
            """
            SELECT contact.commercial_partner_id AS customer_id, %(table)s.id,
                   ROW_NUMBER() OVER (PARTITION BY contact.commercial_partner_id
                                      ORDER BY %(day)s DESC, %(table)s.id DESC) AS place
              FROM %(table)s JOIN res_partner contact ON contact.id = %(table)s.partner_id
             WHERE %(table)s.id IN (%(found)s)
            """,
            table=table,
            day=SQL.identifier(records._table, day),
            found=query.subselect(),
            to_flush=[records._fields[day]],
        )
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer_id, ARRAY_AGG(id ORDER BY place)
                  FROM (%s) latest WHERE place <= %s GROUP BY customer_id
                """,
                latest,
                count,
            )
        )
        return dict(rows)

    # -- what to do next ------------------------------------------------------------------

    def action_ar_new_invoice(self):
        """A new invoice of this customer, in the current company."""
        self.check_access("read")
        self.env["account.move"].check_access("create")
        self._ar_refuse_outsiders()
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Invoice"),
            "res_model": "account.move",
            "views": [(False, "form")],
            "context": {
                "default_move_type": "out_invoice",
                "default_partner_id": self.commercial_partner_id.id,
            },
        }

    def action_ar_register_payment(self):
        """Odoo's own dialog for what is open; money on account if nothing is."""
        self.check_access("read")
        self.env["account.payment"].check_access("create")
        self._ar_refuse_outsiders()
        self.ensure_one()
        customer = self.commercial_partner_id
        lines = self.env["account.move.line"].search(
            self._ar_open_domain("asset_receivable")
            & Domain("amount_residual", ">", 0)
            & Domain("move_id.move_type", "in", ("out_invoice", "out_receipt"))
        )
        if lines:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Register Payment"),
                "res_model": "account.payment.register",
                "views": [(False, "form")],
                "target": "new",
                "context": {
                    "active_model": "account.move.line",
                    "active_ids": lines.ids,
                },
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register Payment"),
            "res_model": "account.payment",
            "views": [(False, "form")],
            "context": {
                "default_payment_type": "inbound",
                "default_partner_type": "customer",
                "default_partner_id": customer.id,
            },
        }

    def action_ar_propose_offset(self):
        """Set off what is owed to this customer against what he owes."""
        self.check_access("read")
        self.env["ar.netting.propose"].check_access("create")
        self.ensure_one()
        customer = self.commercial_partner_id
        if not self.env["ar.netting.propose"]._currencies(customer):
            raise UserError(
                self.env._(
                    "There is no currency in which %(customer)s both owes and is owed.",
                    customer=customer.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose an Offset"),
            "res_model": "ar.netting.propose",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": customer.id},
        }

    def action_view_ar_nettings(self):
        """Offsets of this customer."""
        self.check_access("read")
        self.env["ar.netting"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_netting_action"
            ),
            "domain": [("partner_id", "in", self.commercial_partner_id.ids)],
            "context": {},
        }

    def _ar_open_domain(self, account_type):
        """Open items of the customer and his contacts in the current company."""
        return (
            Domain("partner_id", "child_of", self.commercial_partner_id.ids)
            & Domain("account_type", "=", account_type)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("company_id", "=", self.env.company.id)
        )

    def _ar_refuse_outsiders(self):
        if self.env.user.share:  # reads his own contact, in the portal
            raise AccessError(self.env._("This is for your colleagues only."))

    @api.model
    def _ar_money_fields(self):
        return super()._ar_money_fields() | {"ar_latest_item_ids"}
