from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"


class CustomerCategoryProposal(models.Model):
    """A value that a customer's new category suggests: old → new, to be accepted or not."""

    _name = "customer.category.proposal"
    _description = "Proposal of a Category"
    _inherit = ["ar.decision.mixin", "ar.partner.rule.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    dimension_id = fields.Many2one(
        "customer.dimension", required=True, readonly=True, ondelete="cascade"
    )
    category_id = fields.Many2one(
        "customer.category", required=True, readonly=True, ondelete="cascade"
    )
    field_name = fields.Char(required=True, readonly=True)
    old_value = fields.Json(readonly=True)
    new_value = fields.Json(readonly=True)
    field_text = fields.Char(string="Field", compute="_compute_texts")
    old_text = fields.Char(string="Has Now", compute="_compute_texts")
    new_text = fields.Char(string="Usual in the Category", compute="_compute_texts")
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("accepted", "Accepted"),
            ("requested", "Awaiting Approval"),
            ("rejected", "Rejected"),
            ("outdated", "Outdated"),
        ],
        string="Decision",
        required=True,
        readonly=True,
        default="open",
    )

    _open_idx = models.Index("(partner_id, company_id) WHERE state = 'open'")

    @api.depends("field_name", "old_value", "new_value")
    @api.depends_context("lang")
    def _compute_texts(self):
        for proposal in self:
            field = self.env["res.partner"]._fields.get(proposal.field_name)
            if not field:
                proposal.field_text = proposal.field_name
                proposal.old_text = proposal.new_text = False
                continue
            proposal.field_text = field._description_string(self.env)
            proposal.old_text = proposal._value_text(field, proposal.old_value)
            proposal.new_text = proposal._value_text(field, proposal.new_value)

    def _value_text(self, field, value):
        if not value:
            return False
        if field.type == "many2one":
            # sudo: the name of what the reader's own proposal is about
            record = self.env[field.comodel_name].sudo().browse(value).exists()
            return record.display_name
        return dict(field._description_selection(self.env)).get(value, value)

    # -- made by an assignment ------------------------------------------------------------

    @api.model
    def _propose(self, categories_of, dimension):
        """Propose to customers what their new categories usually have.

        :param categories_of: {customer id: category id}
        """
        categories = self.env["customer.category"].browse(set(categories_of.values()))
        wanted = self.env["customer.category.default"]._for_categories(categories)
        # sudo: proposals are made by the system; who decides is checked then
        proposals = self.sudo()
        proposals._outdate(list(categories_of), dimension)
        rows = []
        for company in self.env["res.company"].browse({id_ for _c, id_ in wanted}):
            rows += proposals._rows(categories_of, dimension, company, wanted)
        return proposals.create(rows)

    def _outdate(self, partner_ids, dimension):
        """What an earlier category of the dimension proposed is no longer asked."""
        older = self.search(
            [
                ("partner_id", "in", partner_ids),
                ("dimension_id", "=", dimension.id),
                ("state", "=", "open"),
            ]
        )
        older.state = "outdated"

    def _rows(self, categories_of, dimension, company, wanted):
        # sudo: values are compared, for proposals only those see who may write the customer
        partners = self.env["res.partner"].with_company(company).sudo()
        partners = partners.browse(categories_of)
        partners = partners.filtered(lambda one: not one.ar_has_left)
        rows = []
        for partner in partners:
            category_id = categories_of[partner.id]
            for name, value in wanted.get((category_id, company.id), {}).items():
                present = partner[name]
                present = getattr(present, "id", present) or False
                if present != value:
                    rows.append(
                        {
                            "partner_id": partner.id,
                            "company_id": company.id,
                            "dimension_id": dimension.id,
                            "category_id": category_id,
                            "field_name": name,
                            "old_value": present,
                            "new_value": value,
                        }
                    )
        return rows

    # -- buttons --------------------------------------------------------------------------

    def action_accept(self):
        """Give the customers these values; guarded fields become change requests."""
        self._check_decision()
        for (company, name), proposals in self._by_field().items():
            for value, rows in proposals.items():
                rows._accept(company, name, value)
        return self._decided_notice()

    def action_reject(self):
        """The customers keep what they have."""
        self._check_decision()
        self._decide("rejected")
        return self._decided_notice()

    def _check_decision(self):
        self.check_access("read")
        if not self.env.user.has_group(_CLERK):
            raise AccessError(
                self.env._("Only customer clerks decide on proposals of categories.")
            )
        self._check_open()

    def _by_field(self):
        """{(company, field): {value: proposals}}"""
        groups = {}
        for row in self:
            values = groups.setdefault((row.company_id, row.field_name), {})
            values[row.new_value] = values.get(row.new_value, self.browse()) | row
        return groups

    def _accept(self, company, name, value):
        if name not in self.env["customer.category.default"]._targets():
            raise UserError(
                self.env._("“%(field)s” is no longer proposed.", field=name)
            )
        partners = self.partner_id.with_company(company)
        partners._ar_write_guarded({name: value})
        partners.invalidate_recordset([name])
        # sudo: whether the value has arrived; the user may not read every field
        done = {
            partner.id
            for partner in partners.sudo()
            if (getattr(partner[name], "id", partner[name]) or False) == value
        }
        accepted = self.filtered(lambda row: row.partner_id.id in done)
        accepted._decide("accepted")
        (self - accepted)._decide("requested")
