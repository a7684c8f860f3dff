from collections import defaultdict

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from ..engine.closing import worst

OPEN = ("asset_receivable", "liability_payable")
#: counted by a check of their own, or about the requests themselves
OWN_CHECK = {
    "account.bank.statement.line",
    "account.move",
    "account.move.line",
    "account.payment",
    "customer.closing.request",
    "res.partner",
    "res.users",
}


class CustomerClosingCheck(models.AbstractModel):
    """Counts what hangs on customers, in all companies, whoever asks.

    The number of questions to the database does not grow with the number of customers.
    Only numbers leave this model: what is behind them each reader opens with his own rights.
    """

    _name = "customer.closing.check"
    _description = "What Hangs on a Customer"

    @api.model
    def _count(self, customers):
        """{customer id: {check: count}} for commercial partners."""
        # sudo: an account is settled in all companies or it is not; only numbers are told
        checks = self.sudo().with_context(active_test=False)
        counts = {id_: defaultdict(int) for id_ in customers.ids}
        owner, family = checks._families(customers)
        checks._count_items(counts, owner)
        checks._count_entries(counts, owner)
        checks._count_cash(counts, owner)
        checks._count_people(counts, owner, customers)
        for code, found in checks._references(family).items():
            for partner_id, count in found:
                counts[owner[partner_id]][code] += count
        return {id_: dict(found) for id_, found in counts.items()}

    @api.model
    def _count_surely(self, customers):
        """The same, and once more as anybody else sees it now.

        This transaction does not see what others have committed since it began, not even
        after it has locked the customer; another one does. What either sees counts.
        While the addon is being installed nobody else works with its tables, and asking
        would wait for ourselves.
        """
        seen = self._count(customers)
        if not self.env.registry.ready:
            return seen
        with self.env.registry.cursor() as cr:
            others = api.Environment(cr, SUPERUSER_ID, {})[self._name]
            fresh = others._count(others.env["res.partner"].browse(customers.ids))
        return {id_: worst(seen[id_], fresh[id_]) for id_ in seen}

    # -- who belongs to whom --------------------------------------------------------------

    def _families(self, customers):
        """({partner id: customer id}, all these partners): a customer and its contacts."""
        family = self.env["res.partner"].search(
            [("commercial_partner_id", "in", customers.ids)]
        )
        owner = {one.id: one.commercial_partner_id.id for one in family}
        return owner, family

    def _tally(self, counts, owner, code, model, domain, field="partner_id"):
        groups = self.env[model]._read_group(
            Domain(field, "in", list(owner)) & Domain(domain), [field], ["__count"]
        )
        for partner, count in groups:
            counts[owner[partner.id]][code] += count

    # -- the books ------------------------------------------------------------------------

    def _open_item_domain(self):
        """Posted items with something left on them, of whatever date."""
        counted = Domain("account_type", "in", OPEN)
        counted |= Domain("account_id.ar_advance_company_ids", "!=", False)
        return counted & Domain(
            [("parent_state", "=", "posted"), ("reconciled", "=", False)]
        )

    def _count_items(self, counts, owner):
        """Owed by the customer and to him; netting to zero is not settled."""
        line = "account.move.line"
        settled = self._open_item_domain()
        owed = settled & Domain("balance", ">", 0)
        self._tally(counts, owner, "open_items", line, owed)
        # amounts of zero in company currency may still be open in their own
        credit = settled & Domain("balance", "<=", 0)
        self._tally(counts, owner, "unapplied", line, credit)

    def _count_entries(self, counts, owner):
        move, draft = "account.move", [("state", "=", "draft")]
        kept = [("state", "!=", "draft")]
        self._tally(counts, owner, "draft_entries", move, draft)
        self._tally(counts, owner, "documents", move, kept)
        hashed = [("inalterable_hash", "!=", False)]
        self._tally(counts, owner, "hashed", move, hashed)
        # entries of another partner that name this one on a line
        lines = Domain("move_id.partner_id", "not in", list(owner)) | Domain(
            "move_id.partner_id", "=", False
        )
        for state, code in (("draft", "draft_entries"), ("posted", "documents")):
            domain = lines & Domain("parent_state", "=", state)
            self._tally(counts, owner, code, "account.move.line", domain)

    def _count_cash(self, counts, owner):
        self._tally(
            counts,
            owner,
            "draft_payments",
            "account.payment",
            [("state", "in", ("draft", "in_process"))],
        )
        self._tally(counts, owner, "bills", "ar.bill", [("is_at_risk", "=", True)])
        self._tally(
            counts,
            owner,
            "bank_lines",
            "account.bank.statement.line",
            [("is_reconciled", "=", False)],
        )
        self._tally(
            counts,
            owner,
            "proposals",
            "ar.match.proposal",
            [("state", "in", ("proposed", "accepted"))],
        )
        self._count_staged(counts, owner)

    def _count_staged(self, counts, owner):
        """Lines of bank files not yet posted that come from one of the accounts."""
        banks = self.env["res.partner.bank"].search([("partner_id", "in", list(owner))])
        numbers = {bank.sanitized_acc_number: bank.partner_id.id for bank in banks}
        groups = self.env["ar.bank.import.line"]._read_group(
            [
                ("payer_account", "in", list(numbers)),
                ("status", "=", "new"),
                ("import_id.state", "in", ("staged", "held")),
            ],
            ["payer_account"],
            ["__count"],
        )
        for number, count in groups:
            counts[owner[numbers[number]]]["staged_lines"] += count

    # -- people and papers ----------------------------------------------------------------

    def _count_people(self, counts, owner, customers):
        self._tally(
            counts,
            owner,
            "change_requests",
            "customer.change.request",
            [("state", "=", "pending")],
        )
        self._tally(counts, owner, "users", "res.users", [("active", "=", True)])
        for partner_id, customer_id in owner.items():
            if partner_id != customer_id:
                counts[customer_id]["contacts"] += 1
        below = self.env["res.partner"]._read_group(
            [
                ("parent_id", "in", list(owner)),
                ("commercial_partner_id", "not in", customers.ids),
            ],
            ["parent_id"],
            ["__count"],
        )
        for parent, count in below:
            counts[owner[parent.id]]["subsidiaries"] += count

    def _references(self, family):
        """{"references": [(partner id, count)]} of records that must not lose the partner."""
        found = []
        for model, field in self._reference_fields():
            domain = [(field, "in", family.ids)]
            groups = self.env[model]._read_group(domain, [field], ["__count"])
            found += [(partner.id, count) for partner, count in groups]
        return {"references": found}

    @api.model
    def _reference_fields(self):
        """(model, field) of all that refuses to lose a customer, of whatever addon."""
        return [
            (name, field.name)
            for name, model in sorted(self.env.registry.items())
            if not (model._abstract or model._transient or name in OWN_CHECK)
            and model._auto
            for field in model._fields.values()
            if field.type == "many2one"
            and field.comodel_name == "res.partner"
            and field.store
            and not (field.company_dependent or field.related)
            and (field.ondelete == "restrict" or name.startswith("account."))
        ]

    @api.model
    def _referring(self, customer):
        """Names of the kinds of records counted as references, for the reader."""
        # sudo: what kind of record it is, and how many, is all that is told
        checks = self.sudo().with_context(active_test=False)
        _owner, family = checks._families(customer)
        kinds = {}
        for model, field in checks._reference_fields():
            count = checks.env[model].search_count([(field, "in", family.ids)])
            if count:
                kinds[model] = kinds.get(model, 0) + count
        return [
            f"{checks.env['ir.model']._get(model).name} ({count})"
            for model, count in kinds.items()
        ]

    # -- balance by company ---------------------------------------------------------------

    @api.model
    def _companies_with_balance(self, customers):
        """{customer id: companies where something of the customer is open}."""
        # sudo: which company's rule counts; nothing else is told
        checks = self.sudo().with_context(active_test=False)
        owner, family = checks._families(customers)
        result = defaultdict(lambda: self.env["res.company"])
        for partner, company in checks.env["account.move.line"]._read_group(
            Domain("partner_id", "in", family.ids) & checks._open_item_domain(),
            ["partner_id", "company_id"],
        ):
            result[owner[partner.id]] |= company
        return result
