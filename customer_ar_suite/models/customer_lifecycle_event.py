from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_PREFIX = "customer_ar_suite.customer_ar_suite_group_"
#: who may file events
EDITORS = (
    "customer_clerk",
    "ar_clerk",
    "ar_accountant",
    "collector",
    "credit_manager",
    "administrator",
)


class CustomerLifecycleEventKind(models.Model):
    """A kind of event: visit, call, first order, complaint …

    It may count as a contact, may be filed by itself when an activity is done, and may move
    the customer to another stage.
    """

    _name = "customer.lifecycle.event.kind"
    _description = "Kind of Lifecycle Event"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short unique name; imports use it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Selection(
        [
            ("fa-users", "People"),
            ("fa-phone", "Telephone"),
            ("fa-envelope-o", "Letter"),
            ("fa-handshake-o", "Handshake"),
            ("fa-car", "Journey"),
            ("fa-shopping-cart", "Shopping Cart"),
            ("fa-exclamation-triangle", "Warning"),
            ("fa-star-o", "Star"),
            ("fa-comment-o", "Note"),
        ],
        required=True,
        default="fa-comment-o",
    )
    is_contact = fields.Boolean(
        string="Counts as Contact",
        help="Somebody spoke with the customer: the interval of his stage begins anew.",
    )
    activity_type_ids = fields.Many2many(
        "mail.activity.type",
        string="Filed for Activities",
        help="When an activity of these types is done on a customer, an event of this kind "
        "is filed by itself.",
    )
    from_stage_ids = fields.Many2many(
        "customer.lifecycle.stage",
        string="Moves from",
        help="Stages an event of this kind moves a customer out of. Empty: customers "
        "without a stage.",
    )
    to_stage_id = fields.Many2one(
        "customer.lifecycle.stage", string="Moves to", ondelete="restrict"
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another kind of event already has this code."
    )

    def _moves(self, stage):
        """Whether an event of this kind moves a customer who is in ``stage``."""
        self.ensure_one()
        return bool(self.to_stage_id) and (
            stage in self.from_stage_ids if self.from_stage_ids else not stage
        )


class CustomerLifecycleEvent(models.Model):
    """Something that happened between us and a customer, filed under his stage of that day.

    Users file events by hand; done activities, incoming e-mail, the first invoice and moves
    from stage to stage file themselves and cannot be changed.
    """

    _name = "customer.lifecycle.event"
    _description = "Lifecycle Event"
    _inherit = ["ar.partner.rule.mixin"]
    _order = "happened_on desc, id desc"
    _rec_name = "summary"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('customer_rank', '>', 0), ('parent_id', '=', False)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoken With",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id)]",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Who of us it happened with.",
    )
    kind_id = fields.Many2one(
        "customer.lifecycle.event.kind",
        required=True,
        index=True,
        ondelete="restrict",
    )
    icon = fields.Selection(related="kind_id.icon")
    is_contact = fields.Boolean(related="kind_id.is_contact", store=True)
    happened_on = fields.Date(
        string="Date", required=True, default=fields.Date.context_today, index=True
    )
    stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        string="Filed under",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The customer's stage on the day it happened.",
    )
    to_stage_id = fields.Many2one(
        "customer.lifecycle.stage",
        string="Moved to",
        readonly=True,
        ondelete="restrict",
    )
    summary = fields.Char(help="One line for the track of the customer.")
    note = fields.Html()
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    source = fields.Selection(
        [
            ("manual", "By Hand"),
            ("activity", "Activity"),
            ("message", "E-Mail"),
            ("invoice", "Invoice"),
            ("move", "Change of Stage"),
            ("load", "Import"),
        ],
        string="Filed by",
        required=True,
        readonly=True,
        default="manual",
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )

    _document_uniq = models.UniqueIndex(
        "(partner_id, kind_id, res_model, res_id) WHERE res_id IS NOT NULL",
        "This document is filed on the customer already.",
    )

    @api.depends("summary", "kind_id")
    def _compute_display_name(self):
        for event in self:
            event.display_name = event.summary or event.kind_id.name

    # -- filing ---------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Events by hand; what the system files goes through ``_file``."""
        for vals in vals_list:
            vals.update(
                source="manual", to_stage_id=False, res_model=False, res_id=False
            )
        return self._file(vals_list)

    @api.model
    def _file(self, vals_list):
        """File events under the stages of their days; contacts and moves follow.

        The number of statements does not grow with the number of customers.
        """
        events = self._insert(vals_list)
        for event in events:
            customer = event.partner_id.commercial_partner_id
            if event.partner_id != customer:
                contact = event.contact_id or event.partner_id
                event._set(partner_id=customer.id, contact_id=contact.id)
        events._check_days()
        events._file_under_stage()
        events.partner_id._ar_note_contacts()
        events._move_customers()
        return events

    def _insert(self, vals_list):
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _set(self, **vals):
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _check_days(self):
        today = fields.Date.context_today(self)
        if any(event.happened_on > today for event in self):
            raise UserError(
                self.env._(
                    "An event lies in the future. Plan an activity; it is filed when it "
                    "is done."
                )
            )

    def _file_under_stage(self):
        stages = self.env["customer.lifecycle.period"]._stages_on(
            {(event.partner_id.id, event.happened_on) for event in self}
        )
        for event in self:
            stage = stages.get((event.partner_id.id, event.happened_on), False)
            if event.stage_id.id != stage:
                # sudo: which stage it was is not for the user to say
                event.sudo()._set(stage_id=stage)

    def _move_customers(self):
        """Customers whose stage these events move; today's stage counts.

        With the rights of the user, whoever files: an event is no way around an approval.
        """
        for kind, events in self.grouped("kind_id").items():
            # sudo: the stage of customers whose events were filed just now
            moving = events.filtered(
                lambda event, k=kind: k._moves(
                    # sudo: see above
                    event.partner_id.sudo().customer_stage_id
                )
            )
            # sudo: taken away; the user's own rights decide
            partners = moving.partner_id.sudo(False)
            done = partners.filtered(lambda one: one.has_access("write"))
            done = done._ar_move_stage(kind.to_stage_id, "event", event=kind)
            moved = moving.filtered(lambda event, d=done: event.partner_id in d)
            # sudo: what the event did is not for the user to say
            moved.sudo()._set(to_stage_id=kind.to_stage_id.id)

    def write(self, vals):
        """Only what somebody filed by hand is changed, by him or an administrator."""
        self._check_own()
        partners = self.partner_id
        kept = {
            name: value
            for name, value in vals.items()
            if name not in ("source", "stage_id", "to_stage_id", "res_model", "res_id")
        }
        result = super().write(kept)
        if not vals.keys().isdisjoint(("happened_on", "partner_id", "kind_id")):
            self._check_days()
            self._file_under_stage()
            (partners | self.partner_id)._ar_note_contacts()
        return result

    def unlink(self):
        self._check_own()
        partners = self.partner_id
        result = super().unlink()
        partners._ar_note_contacts()
        return result

    def _check_own(self):
        if self.env.su:
            return
        if self.filtered(lambda event: event.source != "manual"):
            raise AccessError(
                self.env._("Events that filed themselves are not changed by hand.")
            )
        if not self.env.user.has_group(_PREFIX + "administrator") and self.filtered(
            lambda event: event.create_uid != self.env.user
        ):
            raise AccessError(
                self.env._(
                    "Only who filed an event, or an administrator, changes or deletes it."
                )
            )

    # -- buttons --------------------------------------------------------------------------

    def action_open_document(self):
        """The document behind the event."""
        self.ensure_one()
        self.check_access("read")
        if not self.res_id or self.res_model not in self.env:
            raise UserError(self.env._("There is no document behind this event."))
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
