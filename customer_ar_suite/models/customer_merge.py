from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

#: still being prepared: what was chosen may change
OPEN_STATES = ("draft", "checked", "requested", "approved")
#: carried out, in whole or in what is left of it
DONE_STATES = ("merged", "partly")
#: what the responsible fills in; everything else is written by the steps
ASKED = {"survivor_id", "partner_ids", "reason", "conflict_ids", "field_ids"}
MAX_CUSTOMERS = 10
MAKERS = "customer_ar_suite.customer_ar_suite_group_customer_clerk"
CHECKERS = "customer_ar_suite.customer_ar_suite_group_customer_reviewer"


class CustomerMerge(models.Model):
    """Customers that are one and the same: which one stays, what moves, and the way back.

    A record and no dialog, because it can be undone. Nothing is deleted: what cannot stand
    beside the survivor's rows stays with the archived customer. Once the dry run is done
    nobody writes here by hand, not even the superuser; the steps below are the only doors.
    """

    _name = "customer.merge"
    _description = "Customer Merge"
    _inherit = ["ar.partner.rule.mixin", "mail.thread", "mail.activity.mixin"]
    _ar_partner_path = "survivor_id"
    _order = "id desc"

    survivor_id = fields.Many2one(
        "res.partner",
        string="Customer to Keep",
        required=True,
        index=True,
        ondelete="restrict",
        context={"active_test": False},
        help="Its number, its history and its values stay; the others are archived.",
    )
    member_ids = fields.One2many(
        "customer.merge.member", "merge_id", string="Merged Customers", readonly=True
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers to Merge",
        compute="_compute_partner_ids",
        inverse="_inverse_partner_ids",
        context={"active_test": False},
        help="They are archived, and what belongs to them moves to the customer to keep.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    responsible_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    reason = fields.Text(help="The approver and the auditor will read it.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("checked", "Dry Run Done"),
            ("requested", "To Approve"),
            ("approved", "Approved"),
            ("merged", "Merged"),
            ("partly", "Partly Unmerged"),
            ("unmerged", "Unmerged"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    checked_at = fields.Datetime(string="Dry Run on", readonly=True)
    findings = fields.Json(readonly=True)
    is_approval_needed = fields.Boolean(readonly=True)
    payload_hash = fields.Char(string="Fingerprint", readonly=True)
    checker_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    merged_at = fields.Datetime(string="Merged on", readonly=True)
    merged_by_id = fields.Many2one(
        "res.users", string="Merged by", readonly=True, ondelete="restrict"
    )
    unmerged_at = fields.Datetime(string="Unmerged on", readonly=True)
    unmerged_by_id = fields.Many2one(
        "res.users", string="Unmerged by", readonly=True, ondelete="restrict"
    )
    field_ids = fields.One2many("customer.merge.field", "merge_id", string="Values")
    conflict_ids = fields.One2many(
        "customer.merge.conflict", "merge_id", string="Conflicts"
    )
    table_ids = fields.One2many(
        "customer.merge.table", "merge_id", string="What Moves", readonly=True
    )
    change_ids = fields.One2many(
        "customer.merge.change", "merge_id", string="Changed Rows", readonly=True
    )
    rest_ids = fields.One2many(
        "customer.merge.change",
        "merge_id",
        string="Not Taken Back",
        domain=[("state", "=", "kept")],
        readonly=True,
    )
    moved_count = fields.Integer(string="Rows to Move", compute="_compute_counts")
    open_conflict_count = fields.Integer(
        string="Open Conflicts", compute="_compute_counts"
    )
    different_count = fields.Integer(
        string="Different Values", compute="_compute_counts"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")
    is_maker = fields.Boolean(compute="_compute_can_decide")

    _approved_by_another = models.Constraint(
        "CHECK (state <> 'approved' OR checker_id <> responsible_id)",
        "A merge is approved by somebody else than the one responsible for it.",
    )

    @api.depends("survivor_id")
    def _compute_display_name(self):
        for merge in self:
            merge.display_name = (
                f"{merge.survivor_id.display_name or ''} #{merge.id or ''}"
            )

    @api.depends("member_ids.partner_id")
    def _compute_partner_ids(self):
        for merge in self:
            merge.partner_ids = merge.with_context(
                active_test=False
            ).member_ids.partner_id

    def _inverse_partner_ids(self):
        for merge in self:
            merge._set_members(merge.partner_ids.ids)

    @api.depends("table_ids.row_count", "conflict_ids.verdict", "field_ids.winner_id")
    def _compute_counts(self):
        for merge in self:
            moving = merge.table_ids.filtered(lambda one: one.effect == "move")
            merge.moved_count = sum(moving.mapped("row_count"))
            merge.open_conflict_count = len(
                merge.conflict_ids.filtered(lambda one: not one.verdict)
            )
            merge.different_count = len(
                merge.field_ids.filtered(lambda one: one.is_different)
            )

    @api.depends("state", "responsible_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env.user
        for merge in self:
            merge.is_maker = user.has_group(MAKERS)
            merge.can_decide = (
                merge.state == "requested"
                and merge.responsible_id != user
                and user.has_group(CHECKERS)
            )

    # -- drafts ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Drafts of whoever is logged in, with nothing in them but what he may say."""
        self.check_access("create")
        drafts = self.with_env(self.env(context={"lang": self.env.lang}))
        merges = self.browse()
        for vals in vals_list:
            if vals.keys() - ASKED or vals.get("conflict_ids") or vals.get("field_ids"):
                self._refuse()
            names = {
                name: vals[name] for name in ("survivor_id", "reason") if name in vals
            }
            survivor = self.env["res.partner"].browse(vals.get("survivor_id"))
            merge = drafts._insert(
                [
                    {
                        **names,
                        "company_id": (survivor.company_id or self.env.company).id,
                        "responsible_id": self.env.uid,
                        "state": "draft",
                    }
                ]
            ).with_env(self.env)
            merge.write({"partner_ids": vals.get("partner_ids", [])})
            merges |= merge
        return merges

    def write(self, vals):
        """Choices, as long as nobody has approved them; they undo the dry run."""
        if vals.keys() - ASKED:
            self._refuse()
        self.check_access("write")
        if self.filtered(lambda one: one.state not in ("draft", "checked")):
            self._refuse()
        result = self._set(**vals)
        if {"survivor_id", "partner_ids"} & vals.keys():
            self._check_members()
            self._forget_dry_run()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        """What was carried out is history."""
        if self.filtered(lambda one: one.merged_at):
            self._refuse()

    def _refuse(self):
        raise AccessError(
            self.env._(
                "A merge is written by its responsible until it is approved, and by "
                "nobody after that."
            )
        )

    def _insert(self, vals_list):
        # below the locked door
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _set(self, **vals):
        # below the locked door
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _set_members(self, ids):
        self.ensure_one()
        # sudo: members are written by their merge alone, whose writing was checked
        members = self.env["customer.merge.member"].sudo()
        rows = members.search([("merge_id", "=", self.id)])
        held = {one.partner_id.id: one for one in rows}
        members.union(
            *(member for id_, member in held.items() if id_ not in ids)
        ).unlink()
        members.create(
            [{"merge_id": self.id, "partner_id": id_} for id_ in ids if id_ not in held]
        )
        self.invalidate_recordset(["member_ids"])

    def _check_members(self):
        """Who prepares a merge sees and may change all of its customers."""
        for merge in self:
            cluster = merge._cluster()
            if len(cluster) > MAX_CUSTOMERS:
                raise UserError(
                    self.env._(
                        "At most %(count)s customers are merged at once.",
                        count=MAX_CUSTOMERS,
                    )
                )
            if merge.survivor_id in merge.partner_ids:
                merge._set_members((merge.partner_ids - merge.survivor_id).ids)
            cluster.check_access("write")

    def _cluster(self):
        """All customers of a merge, the one to keep first."""
        return self.survivor_id | self._losers()

    def _losers(self):
        return self.with_context(active_test=False).member_ids.partner_id

    def _forget_dry_run(self):
        # sudo: rows of the dry run belong to the merge
        for merge in self.sudo():
            merge.table_ids.unlink()
            merge._set(state="draft", findings=[], checked_at=False, payload_hash=False)

    # -- opening --------------------------------------------------------------------------

    @api.model
    def _open_for(self, partners):
        """A draft of these customers, made by the current user, ready to be looked at.

        The customer with the most journal items stays; the user may choose another one.
        :return: the action that shows it
        """
        self.check_access("create")
        partners = partners.exists()
        if len(partners) < 2:
            raise UserError(self.env._("Choose at least two customers to merge."))
        keep = self._likely_survivor(partners)
        merge = self.create(
            [{"survivor_id": keep.id, "partner_ids": [(6, 0, (partners - keep).ids)]}]
        )
        merge._dry_run()
        return merge._show()

    @api.model
    def _likely_survivor(self, partners):
        # sudo: how much hangs on a customer decides a default, no figure is shown
        items = dict(
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [("partner_id", "in", partners.ids)], ["partner_id"], ["__count"]
            )
        )
        return min(
            partners, key=lambda one: (not one.active, -items.get(one, 0), one.id)
        )

    def _show(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "customer_ar_suite.customer_merge_action"
        )
        form = [view for view in action["views"] if view[1] == "form"]
        return {**action, "views": form, "res_id": self.id, "context": {}}

    # -- around ---------------------------------------------------------------------------

    def _demand_state(self, *states):
        if self.state not in states:
            raise UserError(
                self.env._(
                    "%(merge)s: somebody else has gone on with it meanwhile.",
                    merge=self.display_name,
                )
            )

    def _demand_ready(self):
        """Nothing stands in the way and every conflict is decided."""
        if self.stop_text:
            raise UserError(self.stop_text)
        if self.open_conflict_count:
            raise UserError(
                self.env._(
                    "%(count)s conflicts are not decided yet: nothing is merged until you "
                    "say of each which row counts.",
                    count=self.open_conflict_count,
                )
            )

    def _lock(self, *states):
        """This merge and its customers, for whoever comes first."""
        self.ensure_one()
        try:
            # sudo: locking tells nothing; the right to act was checked by the caller
            known = self.sudo()
            known.lock_for_update()
            known._cluster().sorted("id").lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is working on one of these customers at this moment. "
                    "Try again in a minute."
                )
            ) from error
        self.invalidate_recordset()
        self._demand_state(*states)

    def _log(self, event, values=None):
        log = self.env["customer.audit.entry"].with_company(self.company_id)
        log._ar_log(
            event,
            self._cluster(),
            {"merge": self.id, "keep": self.survivor_id.id, **(values or {})},
        )

    def _tell_checkers(self):
        group = self.env.ref(CHECKERS)
        # sudo: an activity for those who approve; they need no other right for it
        for user in group.sudo().all_user_ids - self.responsible_id:
            if self.company_id in user.company_ids and not user.share:
                # sudo: as above
                self.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=user.with_context(lang=user.lang).env._(
                        "Merge to be approved"
                    ),
                )
