from markupsafe import Markup

from odoo import api, fields, models

#: rows of the comparison: fields of contacts, in the order of the card
COMPARED = (
    "name", "vat", "company_registry", "ref", "phone", "email", "street", "street2", "zip",
    "city", "state_id", "country_id", "user_id", "company_id", "create_date",
)  # fmt: skip


class CustomerDuplicateGroup(models.Model):
    """Customers who may all be one, side by side, with what can be done about it."""

    _name = "customer.duplicate.group"
    _description = "Possible Duplicates"
    _inherit = ["ar.locked.mixin", "ar.partner.rule.mixin"]
    _ar_partner_path = "lead_id"
    _order = "best_score desc, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "res.partner",
        string="Eldest Record",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", index=True, ondelete="cascade")
    best_score = fields.Float(string="Highest Score", digits=(4, 1), aggregator="max")
    pair_ids = fields.One2many("customer.duplicate.pair", "group_id", string="Pairs")
    member_ids = fields.Many2many(
        "res.partner", string="Records", compute="_compute_members"
    )
    member_count = fields.Integer(
        string="Number of Records", compute="_compute_members"
    )
    state = fields.Selection(
        [("open", "To Decide"), ("later", "Put Off")],
        string="Decision",
        compute="_compute_members",
        search="_search_state",
    )
    comparison = fields.Html(compute="_compute_comparison", sanitize=False)

    @api.depends("pair_ids.one_id", "pair_ids.other_id", "pair_ids.state")
    @api.depends_context("uid")
    def _compute_members(self):
        """Only those the reader may see, by the rules of the pairs."""
        for group in self:
            pairs = group.pair_ids
            group.member_ids = (pairs.one_id | pairs.other_id).sorted("id")
            group.member_count = len(group.member_ids)
            is_open = "open" in pairs.mapped("state")
            group.state = "open" if is_open else "later"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        opened = [("pair_ids.state", "=", "open")]
        domains = {"open": opened, "later": ["!", *opened]}
        found = [domains[one] for one in value if one in domains]
        return fields.Domain.OR(found)

    @api.depends("lead_id")
    def _compute_display_name(self):
        for group in self:
            group.display_name = group.lead_id.display_name

    @api.depends("member_ids")
    @api.depends_context("uid", "lang", "company")
    def _compute_comparison(self):
        for group in self:
            group.comparison = group._show_comparison()

    def _show_comparison(self):
        """One column per record, one row per field; what differs stands out."""
        members = self.member_ids.with_context(active_test=False)
        if not members:
            return False
        head = Markup("").join(
            Markup("<th><a href='/odoo/res.partner/%s' target='_blank'>%s</a></th>")
            % (one.id, one.display_name)
            for one in members
        )
        rows = [self._show_row(label, texts) for label, texts in self._rows(members)]
        return Markup(
            "<div class='table-responsive'><table class='table table-sm table-bordered "
            "align-middle'><thead class='table-light'><tr><th></th>%s</tr></thead>"
            "<tbody>%s</tbody></table></div>"
        ) % (head, Markup("").join(rows))

    @api.model
    def _show_row(self, label, texts):
        told = {text.casefold() for text in texts if text}
        style = "table-warning" if len(told) > 1 else ""
        cells = Markup("").join(
            Markup("<td class='text-break %s'>%s</td>") % (text and style, text)
            for text in texts
        )
        return Markup("<tr><th class='text-nowrap'>%s</th>%s</tr>") % (label, cells)

    def _rows(self, members):
        """Label and texts of each row that says anything, as the reader may see them."""
        shown = members.fields_get(COMPARED, ["string"])
        for name in COMPARED:
            if name in shown:
                texts = [self._text(one, name) for one in members]
                if any(texts):
                    yield shown[name]["string"], texts
        accounts = [
            ", ".join(filter(None, one.bank_ids.mapped("acc_number")))
            for one in members
        ]
        if any(accounts):
            yield self.env._("Bank Accounts"), accounts
        yield self.env._("Status"), [self._status(one) for one in members]
        if self.env["account.move"].has_access("read"):
            counts = dict(
                self.env["account.move"]._read_group(
                    [
                        ("commercial_partner_id", "in", members.ids),
                        ("state", "=", "posted"),
                    ],
                    ["commercial_partner_id"],
                    ["__count"],
                )
            )
            yield (
                self.env._("Posted Entries"),
                [str(counts[one]) if one in counts else "" for one in members],
            )

    @api.model
    def _text(self, partner, name):
        value, field = partner[name], partner._fields[name]
        if not value:
            return ""
        if field.type == "many2one":
            return value.display_name or ""
        if field.type == "datetime":
            return str(fields.Datetime.context_timestamp(partner, value).date())
        return str(value)

    @api.model
    def _status(self, partner):
        return self.env._("In Use") if partner.active else self.env._("Archived")

    # -- buttons -----------------------------------------------------------------------------

    def action_merge(self):
        """Open the dry run of a merge of all of them."""
        self.ensure_one()
        self.check_access("read")
        return self.pair_ids.action_merge()

    def action_ask_reason(self):
        """All of them are customers of their own: ask why."""
        self.check_access("read")
        return self.pair_ids.action_ask_reason()

    def action_later(self):
        """Put the decision off."""
        self.check_access("read")
        self.pair_ids.action_later()

    def action_reopen(self):
        """Decide it now after all."""
        self.check_access("read")
        self.pair_ids.action_reopen()
