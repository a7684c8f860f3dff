from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

_CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"
_CHUNK = 1_000
#: which kinds of change a search looks for
GROUPS = {
    "with_words": ("spaces", "width", "punctuation", "case"),
    "with_legal_forms": ("legal_form",),
    "with_numbers": ("phone", "email", "tax_id", "slip"),
    "with_addresses": ("address",),
}


class CustomerCorrectionRun(models.Model):
    """A search for corrections of the customers there are, and what became of them.

    Searching writes nothing. Somebody accepts or refuses; accepted ones are applied in the
    background, exactly once; all of it can be taken back as long as nobody changed it since.
    """

    _name = "customer.correction.run"
    _description = "Search for Corrections"
    _inherit = ["ar.run.mixin"]
    _order = "id desc"

    _run_item_model = "customer.correction"
    _run_chunk_size = 200

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    with_words = fields.Boolean(string="Spaces, Width, Punctuation", default=True)
    with_legal_forms = fields.Boolean(string="Legal Forms", default=True)
    with_numbers = fields.Boolean(string="Telephone, E-Mail, Tax ID", default=True)
    with_addresses = fields.Boolean(
        string="Chinese Addresses on One Line", default=True
    )
    searched_at = fields.Datetime(readonly=True, copy=False)
    checked_count = fields.Integer(
        string="Contacts Searched", readonly=True, copy=False
    )
    item_ids = fields.One2many("customer.correction", "run_id", readonly=True)
    open_count = fields.Integer(string="To Decide", compute="_compute_decisions")
    accepted_count = fields.Integer(string="Accepted", compute="_compute_decisions")
    refused_count = fields.Integer(string="Refused", compute="_compute_decisions")
    written_count = fields.Integer(string="Corrected", compute="_compute_decisions")

    def _compute_decisions(self):
        items = self.env["customer.correction"]
        groups = items._read_group(
            [("run_id", "in", self.ids)], ["run_id", "decision"], ["__count"]
        )
        written = dict(
            items._read_group(
                [("run_id", "in", self.ids), ("outcome", "=", "written")],
                ["run_id"],
                ["__count"],
            )
        )
        counts = {(run, decision): count for run, decision, count in groups}
        for run in self:
            run.open_count = counts.get((run, "open"), 0)
            run.accepted_count = counts.get((run, "accepted"), 0)
            run.refused_count = counts.get((run, "refused"), 0)
            run.written_count = written.get(run, 0)

    @api.depends("searched_at", "create_date")
    def _compute_display_name(self):
        for run in self:
            day = fields.Date.to_date(run.searched_at or run.create_date)
            run.display_name = self.env._("Corrections of %(date)s", date=day or "")

    # -- buttons --------------------------------------------------------------------------

    def action_search(self):
        """Look at all customers and contacts of the company and list proposals."""
        self._check_run_access()
        for run in self:
            if run.run_state != "draft":
                raise UserError(self.env._("This search is done. Start a new one."))
            run._apply_search(run._load_proposals())
        return self.action_view_items()

    def action_accept_all(self):
        """Accept whatever nobody has decided on yet."""
        self._check_run_access()
        return self._run_items([("decision", "=", "open")]).action_accept()

    def action_apply(self):
        """Write the accepted corrections; what is undecided stays a proposal."""
        self._check_run_access()
        for run in self:
            if run.run_state == "done":
                run._set_run_state("running", finished_at=False)
            if not run._count_todo():
                raise UserError(
                    self.env._(
                        "Nothing has been accepted: decide on the proposals first."
                    )
                )
            run._start_run()
        return True

    def action_undo(self):
        """Put back what was there, wherever the corrected value still stands."""
        self._check_run_access()
        return self._run_items([("outcome", "=", "written")])._undo()

    def action_view_items(self):
        """The proposals of this search."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_correction_action"
            ),
            "domain": [("run_id", "in", self.ids)],
            "context": {"search_default_open": 1},
        }

    def _check_run_access(self):
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only customer clerks correct customers."))
        self.check_access("write")

    def _run_user(self):
        return self.write_uid if self.write_uid.has_group(_CLERK) else self.create_uid

    # -- load, decide, apply --------------------------------------------------------------

    def _wanted_kinds(self):
        return {kind for name, kinds in GROUPS.items() if self[name] for kind in kinds}

    def _domain(self):
        return Domain(
            [
                ("partner_share", "=", True),
                ("company_id", "in", (False, self.company_id.id)),
                ("ar_has_left", "=", False),
                (
                    "id",
                    "not in",
                    list(self.env["customer.validation.rule"]._own_partner_ids()),
                ),
            ]
        )

    def _load_proposals(self):
        """Values of the items to be, of as many customers as there are."""
        partners = self.env["res.partner"].with_company(self.company_id)
        names, wanted = partners._ar_correctable(), self._wanted_kinds()
        found = partners.search(self._domain())
        values = []
        for start in range(0, len(found), _CHUNK):
            chunk = found[start : start + _CHUNK]
            chunk.fetch([*names, "is_company", "country_id", "ar_refused_corrections"])
            for partner in chunk:
                values += partner._ar_correction_items(names, wanted)
            chunk.invalidate_recordset()
        # sudo: how many were looked at is the search's to say
        self.sudo().checked_count = len(found)
        return values

    def _apply_search(self, values):
        # sudo: proposals are made by the search; people decide on them
        items = self.env["customer.correction"].sudo()
        for start in range(0, len(values), _CHUNK):
            items.create(
                [{"run_id": self.id, **v} for v in values[start : start + _CHUNK]]
            )
        # sudo: outcome of the search
        self.sudo().write({"searched_at": fields.Datetime.now()})

    def _count_todo(self):
        return self.env[self._run_item_model].search_count(
            [
                ("run_id", "in", self.ids),
                ("run_state", "=", "todo"),
                ("decision", "=", "accepted"),
            ]
        )

    def _next_items(self):
        items = self.env[self._run_item_model].search(
            [
                ("run_id", "in", self.ids),
                ("run_state", "=", "todo"),
                ("decision", "=", "accepted"),
            ],
            limit=4 * self._run_chunk_size,
            order="id",
        )
        return items.try_lock_for_update(limit=self._run_chunk_size)

    def _apply_items(self, items):
        items._write_corrections()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _ar_correction_items(self, names, wanted):
        """Proposals about this contact as values of ``customer.correction``."""
        return [
            {
                "partner_id": self.id,
                "field_name": name,
                "kinds": ",".join(kinds),
                "before": before,
                "after": after,
                "changes": changes,
            }
            for name, before, after, kinds, changes in self._ar_propose(names)
            if wanted.intersection(kinds) and not self._ar_is_refused(name, before)
        ]
