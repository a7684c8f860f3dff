from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

#: code of the dimension that mirrors the cycle
DIMENSION = "payment_cycle"


class ArPaymentCycleAssignment(models.Model):
    """Which customer had which payment cycle from when to when, and why.

    What holds is the customer's payment term; this is its history, written by whatever
    route the term was changed: card, list, import, approval, RPC.
    """

    _name = "ar.payment.cycle.assignment"
    _description = "Payment Cycle of a Customer"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _order = "valid_from desc, id desc"
    _rec_name = "cycle_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    cycle_id = fields.Many2one(
        "ar.payment.cycle",
        string="Payment Cycle",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    valid_from = fields.Date(required=True, readonly=True)
    valid_to = fields.Date(
        readonly=True, help="Last day on which the cycle held; empty while it holds."
    )
    source = fields.Selection(
        [
            ("term", "Payment Terms"),
            ("assign", "By Hand"),
            ("proposal", "Proposal from Payments"),
        ],
        required=True,
        readonly=True,
        help="Payment Terms: the customer got terms that follow the cycle.",
    )
    reason = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True)

    _open_idx = models.Index("(partner_id, company_id) WHERE valid_to IS NULL")

    @api.model
    def _record(self, cycles, company, source="term", reason=""):
        """Note what customers have now; the same as before is no change.

        The number of statements does not depend on the number of customers.

        :param cycles: {customer id: cycle id, or False for none}
        """
        # sudo: history of what the caller was allowed to change
        history = self.sudo()
        today = fields.Date.context_today(self)
        held = history.search(
            [
                ("partner_id", "in", list(cycles)),
                ("company_id", "=", company.id),
                ("valid_to", "=", False),
            ]
        )
        before = {row.partner_id.id: row.cycle_id.id for row in held}
        changed = {
            id_: cycle
            for id_, cycle in cycles.items()
            if before.get(id_, False) != (cycle or False)
        }
        if not changed:
            return
        told = {"source": source, "reason": reason, "user_id": self.env.uid}
        ended = held.filtered(lambda row: row.partner_id.id in changed)
        corrected = ended.filtered(lambda row: row.valid_from >= today)
        (ended - corrected)._set(valid_to=today - timedelta(days=1))
        corrected._correct(changed, today, told)
        new = changed.keys() - set(corrected.partner_id.ids)
        history._insert(
            [
                {
                    "partner_id": id_,
                    "company_id": company.id,
                    "cycle_id": changed[id_],
                    "valid_from": today,
                    **told,
                }
                for id_ in sorted(new)
                if changed[id_]
            ]
        )
        self._log(changed, before, company, source, reason)
        self._mirror(list(changed))

    def _correct(self, cycles, today, told):
        """What began today was never in force until another came: it becomes the other."""
        rows_of = defaultdict(self.browse)
        for row in self:
            rows_of[cycles[row.partner_id.id]] |= row
        for cycle, rows in rows_of.items():
            if cycle:
                rows._set(cycle_id=cycle, **told)
            else:
                rows._set(valid_to=today, **told)

    @api.model
    def _log(self, changed, before, company, source, reason):
        # sudo: the log names cycles whoever may read them
        cycles = self.env["ar.payment.cycle"].sudo()
        names = {
            one.id: one.name
            for one in cycles.browse({*changed.values(), *before.values()} - {False})
        }
        self.env["customer.audit.entry"].with_company(company)._ar_log(
            "payment_cycle.assign",
            self.env["res.partner"].browse(list(changed)),
            {"source": source, "reason": reason or ""},
            {
                id_: {
                    "cycle": names.get(cycle, ""),
                    "old_cycle": names.get(before.get(id_), ""),
                }
                for id_, cycle in changed.items()
            },
        )

    # -- the dimension that mirrors it ----------------------------------------------------

    @api.model
    def _dimensions(self):
        """Active dimensions called ``payment_cycle`` that are written by their owner: us."""
        # sudo: the mirror is written whoever changed the cycle
        return (
            self.env["customer.dimension"]
            .sudo()
            .search([("code", "=", DIMENSION), ("is_mirror", "=", True)])
        )

    @api.model
    def _mirror(self, partner_ids, dimensions=None):
        """Let the dimensions show what holds now.

        A dimension of a company shows its cycle; one that all share the latest of any.
        """
        # sudo: see _dimensions
        assignments = self.env["customer.category.assignment"].sudo()
        today = fields.Date.context_today(self)
        for dimension in self._dimensions() if dimensions is None else dimensions:
            domain = [("partner_id", "in", partner_ids), ("valid_to", "=", False)]
            if dimension.company_id:
                domain.append(("company_id", "=", dimension.company_id.id))
            # sudo: see _dimensions
            held = self.sudo().search_fetch(
                domain, ["partner_id", "cycle_id"], order="valid_from, id"
            )
            cycles = {row.partner_id.id: row.cycle_id for row in held}
            categories = self._categories(dimension, held.cycle_id)
            assignments._assign(
                {
                    id_: categories[cycles[id_].id] if id_ in cycles else False
                    for id_ in partner_ids
                },
                dimension,
                "mirror",
                today,
            )

    @api.model
    def _mirror_all(self, dimensions):
        """A dimension was switched on: fill it."""
        # sudo: see _dimensions
        held = self.sudo().search_fetch([("valid_to", "=", False)], ["partner_id"])
        if held:
            self._mirror(held.partner_id.ids, dimensions)

    @api.model
    def _categories(self, dimension, cycles):
        """{cycle id: id of its category in the dimension}, made where it is missing."""
        found = (
            self.env["customer.category"]
            .sudo()  # sudo: see _dimensions
            .with_context(active_test=False)
            .search([("dimension_id", "=", dimension.id)])
        )
        by_code = {category.code: category for category in found}
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for cycle in cycles.filtered(lambda one: one.code not in by_code):
            category = found.create(
                {
                    "dimension_id": dimension.id,
                    "code": cycle.code,
                    "name": cycle.name,
                    "sequence": cycle.sequence,
                }
            )
            for lang in langs:
                category.with_context(lang=lang).name = cycle.with_context(
                    lang=lang
                ).name
            by_code[cycle.code] = category
        return {cycle.id: by_code[cycle.code].id for cycle in cycles}

    # -- merging customers ----------------------------------------------------------------

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """The target keeps its terms, so its cycle; the others' cycles end and are history."""
        held = self.search([("partner_id", "in", source_ids), ("valid_to", "=", False)])
        dated = defaultdict(self.browse)
        today = fields.Date.context_today(self)
        for row in held:
            dated[max(row.valid_from, today)] |= row
        for day, rows in dated.items():
            rows._set(valid_to=day)


class CustomerDimension(models.Model):
    _inherit = "customer.dimension"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            assignments = self.env["ar.payment.cycle.assignment"]
            if mirrors := self & assignments._dimensions():
                assignments._mirror_all(mirrors)
        return result
