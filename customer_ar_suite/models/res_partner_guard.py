from odoo import api, fields, models


class ResPartner(models.Model):
    """The outermost layer of writing a contact: loaded after all others of the suite."""

    _inherit = "res.partner"

    ar_pending_change_count = fields.Integer(
        string="Pending Changes",
        compute="_compute_ar_pending_change_count",
        groups="base.group_user",
        help="Changes of this customer that wait for approval.",
    )

    ar_pending_change_text = fields.Text(
        string="What Is Pending",
        compute="_compute_ar_pending_change_text",
        groups="base.group_user",
    )

    def _compute_ar_pending_change_count(self):
        # sudo: how many requests are pending is all that is told
        counts = dict(
            self.env["customer.change.request"]
            .sudo()
            ._read_group(self._ar_pending_domain(self.ids), ["partner_id"], ["__count"])
        )
        for partner in self:
            partner.ar_pending_change_count = counts.get(partner._origin, 0)

    @api.model
    def _ar_pending_domain(self, ids):
        return [
            ("partner_id", "in", ids),
            ("state", "=", "pending"),
            ("kind", "=", "change"),
        ]

    @api.depends_context("lang", "uid", "company")
    def _compute_ar_pending_change_text(self):
        """Old and new, a line each; what the reader may not see stays hidden."""
        # sudo: who sees a customer sees what is asked for it, as far as he may see values
        lines = self.env["customer.change.line"].sudo()
        lines = lines.search(
            [
                ("request_id", "any", self._ar_pending_domain(self.ids)),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="request_id, id",
        )
        texts = {}
        for line, shown in zip(lines, lines.with_env(self.env), strict=True):
            texts.setdefault(line.request_id.partner_id.id, []).append(
                self.env._(
                    "%(field)s: %(old)s → %(new)s (%(maker)s)",
                    field=shown.label,
                    old=shown.old_text or "–",
                    new=shown.new_text or "–",
                    maker=line.request_id.maker_id.name,
                )
            )
        for partner in self:
            found = texts.get(partner._origin.id, [])
            partner.ar_pending_change_text = "\n".join(found)

    def action_view_change_requests(self):
        """The requests to change these customers."""
        self.check_access("read")
        self.env["customer.change.request"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_change_request_action"
            ),
            "domain": [("partner_id", "in", self.ids)],
            "context": {},
        }

    # -- the guard ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._ar_guarded_fields():
            return super().create(vals_list)
        if not self._ar_is_guarded_user():
            partners = super().create(vals_list)
            partners._ar_log_created(vals_list)
            return partners
        free, wanted = self._ar_split_create(vals_list)
        partners = super().create(free)
        held = {}
        for partner, vals in zip(partners, wanted, strict=True):
            held |= partner._ar_held_changes(vals) if vals else {}
        self._ar_request(held)
        return partners

    def write(self, vals):
        if not self._ar_guards():
            return super().write(vals)
        if not self._ar_is_guarded_user():
            if held := self._ar_held_changes(vals):
                self._ar_log_direct(held)
            return super().write(vals)
        parts, held = self._ar_split(vals)
        if not held:
            return super().write(vals)
        if not self.env.su:
            self.check_access("write")
        for partners, free in parts:
            if free:
                super(ResPartner, partners).write(free)
        self._ar_request(held)
        return True

    def _ar_log_created(self, vals_list):
        """Guarded values the system gave to new records."""
        names = self._ar_guarded_fields()
        given = {
            partner.id: {name: partner._ar_plain(name) for name in names & vals.keys()}
            for partner, vals in zip(self, vals_list, strict=True)
        }
        given = {id_: values for id_, values in given.items() if any(values.values())}
        self.env["customer.audit.entry"]._ar_log(
            "guarded.create", self.browse(given), None, given
        )
