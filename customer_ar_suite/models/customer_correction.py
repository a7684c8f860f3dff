from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.masking import mask
from .res_partner_quality import refusal_token
from .sensitive_values import clear_values

_CLERK = "customer_ar_suite.customer_ar_suite_group_customer_clerk"


class CustomerCorrection(models.Model):
    """One proposed correction of a customer: before → after, decided by a person."""

    _name = "customer.correction"
    _description = "Proposed Correction"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _order = "run_id desc, partner_id, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "customer.correction.run",
        string="Search for Corrections",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    field_name = fields.Char(string="Technical Name", required=True, readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_texts")
    kinds = fields.Char(string="Kinds as Data", readonly=True)
    kind_text = fields.Char(string="Why", compute="_compute_texts")
    before = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    after = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    changes = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    former = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    before_text = fields.Char(string="Stored Value", compute="_compute_texts")
    after_text = fields.Char(string="Proposed Value", compute="_compute_texts")
    decision = fields.Selection(
        [("open", "To Decide"), ("accepted", "Accepted"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    outcome = fields.Selection(
        [
            ("none", "Not Written"),
            ("written", "Corrected"),
            ("requested", "Awaiting Approval"),
            ("undone", "Taken Back"),
            ("kept", "Not Taken Back: Changed since"),
        ],
        required=True,
        readonly=True,
        default="none",
    )

    @api.depends_context("lang", "uid")
    @api.depends("field_name", "kinds", "before", "after")
    def _compute_texts(self):
        """Label and reason in the reader's language; values as he may see them."""
        partners = self.env["res.partner"]
        reasons = partners._ar_correction_kinds()
        rules = self.env["customer.validation.rule"]
        hidden = {
            name: rules._is_hidden("res.partner", name)
            for name in set(self.mapped("field_name"))
        }
        # sudo: what the reader may not see is masked
        for item, stored in zip(self, self.sudo(), strict=True):
            field = partners._fields.get(item.field_name)
            item.field_label = field and field._description_string(self.env)
            kinds = (item.kinds or "").split(",")
            item.kind_text = ", ".join(reasons[k] for k in kinds if k in reasons)
            values = stored.before or "", stored.after or ""
            if hidden[item.field_name]:
                values = tuple(mask(value, 4) for value in values)
            item.before_text, item.after_text = values

    # -- deciding -------------------------------------------------------------------------

    def action_accept(self):
        """These may be written; Apply of the search does it."""
        self._decide("accepted")

    def action_accept_and_apply(self):
        """Write these now."""
        self._decide("accepted")
        for run in self.run_id:
            run.action_apply()

    def action_refuse(self):
        """Leave these values as they are, and do not propose about them again."""
        items = self._decide("refused")
        # sudo: fingerprints of values that the user has just decided on
        for item in items.sudo():
            partner = item.partner_id
            refused = dict(partner.ar_refused_corrections or {})
            refused[item.field_name] = refusal_token(item.field_name, item.before or "")
            partner.ar_refused_corrections = refused

    def _decide(self, decision):
        if not self.env.user.has_group(_CLERK):
            raise AccessError(self.env._("Only customer clerks correct customers."))
        self.check_access("read")
        self.partner_id.check_access("write")
        items = self.filtered(lambda item: item.run_state in ("todo", "error"))
        if not items:
            raise UserError(
                self.env._("All of these have been decided and worked off.")
            )
        # sudo: a decision is taken by these buttons alone
        items.sudo().write(
            {
                "decision": decision,
                "decided_by_id": self.env.uid,
                "run_state": "skipped" if decision == "refused" else "todo",
                "run_error": False,
            }
        )
        return items

    # -- writing and taking back ----------------------------------------------------------

    def _write_corrections(self):
        """Called by the run, in chunks; raises where the value is another one by now."""
        partners = self.partner_id.with_context(tracking_disable=True)
        partners.check_access("write")
        by_id = {partner.id: partner for partner in partners}
        # clear: writes where the stored value is the one the proposal was made about
        with clear_values():
            # sudo: values of the proposal, which the user may see masked
            for item in self.sudo():
                item._write_correction(by_id[item.partner_id.id])
        self._log("correction.apply")

    def _write_correction(self, partner):
        if (partner[self.field_name] or "") != self.before:
            raise UserError(
                self.env._(
                    "The value was changed after the search. Search again to see what is "
                    "left to correct."
                )
            )
        former = {name: partner._ar_plain(name) for name in self.changes}
        held = partner._ar_write_guarded(dict(self.changes))
        self.write({"former": former, "outcome": "requested" if held else "written"})

    def _undo(self):
        """Put back the former values; tell what was changed since."""
        self.partner_id.check_access("write")
        partners = self.partner_id.with_context(tracking_disable=True)
        by_id = {partner.id: partner for partner in partners}
        kept = 0
        # clear: as for writing
        with clear_values():
            # sudo: as for writing
            for item in self.sudo():
                partner = by_id[item.partner_id.id]
                same = all(
                    partner._ar_plain(name) == value
                    for name, value in item.changes.items()
                )
                if same:
                    partner._ar_write_guarded(dict(item.former))
                item.outcome = "undone" if same else "kept"
                kept += not same
        self._log("correction.undo")
        return self._tell_undone(len(self) - kept, kept)

    def _tell_undone(self, undone, kept):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if kept else "success",
                "message": self.env._(
                    "%(undone)s taken back, %(kept)s left because they were changed since.",
                    undone=undone,
                    kept=kept,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _log(self, event):
        # sudo: names of the fields, for the log
        names = {item.partner_id.id: {"field": item.field_name} for item in self.sudo()}
        self.env["customer.audit.entry"]._ar_log(event, self.partner_id, None, names)

    def action_open_partner(self):
        """The customer this is about."""
        self.ensure_one()
        self.check_access("read")
        return self.partner_id._get_records_action(context={})
