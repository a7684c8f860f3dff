from odoo import api, fields, models
from odoo.exceptions import UserError

ROLES = (
    "customer_ar_suite.customer_ar_suite_group_customer_clerk,"
    "customer_ar_suite.customer_ar_suite_group_auditor"
)
#: what the system keeps up to date by itself; says nothing on the person
TECHNICAL = (
    "activity_", "message_", "signup_", "customer_rank", "supplier_rank",
    "last_time_entries_checked", "commercial_partner_id", "ar_",
)  # fmt: skip


class ResPartner(models.Model):
    """The person on the contact: what he agreed to, what he asked for, what is locked."""

    _inherit = "res.partner"

    ar_is_restricted = fields.Boolean(
        string="Processing Restricted",
        readonly=True,
        copy=False,
        help="The data are stored and nothing else: they are not changed and nothing is sent "
        "to the person (GDPR Art. 18, PIPL Art. 47).",
    )
    ar_erased_on = fields.Date(
        string="Erased on",
        readonly=True,
        copy=False,
        groups=ROLES,
        index="btree_not_null",
    )
    ar_consent_ids = fields.Many2many(
        "customer.privacy.consent",
        string="Consents",
        compute="_compute_ar_consent_ids",
        groups=ROLES,
        help="What holds now, one row per purpose.",
    )
    ar_privacy_request_count = fields.Integer(
        string="Privacy Requests",
        compute="_compute_ar_privacy_request_count",
        groups=ROLES,
    )

    def _compute_ar_consent_ids(self):
        current = self.env["customer.privacy.consent"]._current(self._origin)
        rows = current.grouped("partner_id")
        for partner in self:
            partner.ar_consent_ids = rows.get(partner._origin, current.browse())

    def _compute_ar_privacy_request_count(self):
        # sudo: how many requests there are is all that is told
        counts = dict(
            self.env["customer.privacy.request"]
            .sudo()
            ._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        )
        for partner in self:
            partner.ar_privacy_request_count = counts.get(partner._origin, 0)

    # -- consent --------------------------------------------------------------------------

    def _ar_has_consent(self, purpose):
        """May this person's data be used for ``purpose`` today?

        Purposes that need consent: only if it was given and not withdrawn. The others:
        unless the person objected. Never while the processing is restricted.
        """
        self.ensure_one()
        return bool(self._ar_consenting(purpose))

    def _ar_consenting(self, purpose):
        """Those of many persons whose data may be used for ``purpose`` today."""
        # sudo: yes or no is all that is told; asked by whoever is about to write to people
        current = self.env["customer.privacy.consent"].sudo()._current(self, purpose)
        kinds = {row.partner_id.id: row.kind for row in current}
        # sudo: as above
        people, asked = self.sudo(), purpose.sudo().needs_consent
        unasked = "withdrawn" if asked else "given"
        allowed = people.filtered(
            lambda partner: kinds.get(partner.id, unasked) == "given"
            and not partner.ar_is_restricted
            and not partner.ar_erased_on
        )
        return allowed.with_env(self.env)

    def action_record_consent(self):
        """Record what the person agreed to or took back."""
        self.ensure_one()
        self.check_access("read")
        self.env["customer.privacy.consent.record"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record Consent"),
            "res_model": "customer.privacy.consent.record",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def action_view_consents(self):
        """The history: every consent given and withdrawn."""
        self.check_access("read")
        self.env["customer.privacy.consent"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_privacy_consent_action"
            ),
            "domain": [("partner_id", "in", self.ids)],
            "context": {"default_partner_id": self[:1].id},
        }

    def action_view_privacy_requests(self):
        """What the person asked for."""
        self.check_access("read")
        self.env["customer.privacy.request"].check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.customer_privacy_request_action"
            ),
            "domain": [("partner_id", "in", self.ids)],
            "context": {"default_partner_id": self[:1].id},
        }

    # -- restriction ----------------------------------------------------------------------

    def _ar_set_restricted(self, restricted, request):
        """Lock or unlock these persons; the request's handler was checked."""
        # sudo: a contact of whatever company; nobody may write this field but here
        self.sudo()._ar_put_restricted(restricted)
        event = "privacy.restrict" if restricted else "privacy.lift_restriction"
        self.env["customer.audit.entry"]._ar_log(
            event, self, {"requests": request.mapped("number")}
        )

    def _ar_put_restricted(self, restricted):
        # beneath this model's own check
        return super().write({"ar_is_restricted": restricted})  # pylint: disable=super-method-mismatch

    def write(self, vals):
        """Restricted data are only stored, whoever wants to change them."""
        if "ar_is_restricted" in vals or "ar_erased_on" in vals:
            raise UserError(
                self.env._("Restriction and erasure go through a privacy request.")
            )
        personal = [name for name in vals if not name.startswith(TECHNICAL)]
        if personal:
            self._ar_check_unrestricted()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("ar_is_restricted") or vals.get("ar_erased_on"):
                raise UserError(
                    self.env._("Restriction and erasure go through a privacy request.")
                )
        return super().create(vals_list)

    def _ar_check_unrestricted(self):
        # sudo: whether they are locked, whoever asks
        locked = self.sudo().filtered("ar_is_restricted")
        if locked:
            raise UserError(
                self.env._(
                    "The processing of these data is restricted, they are only stored: "
                    "%(names)s. Lift the restriction in the privacy request first.",
                    names=", ".join(locked[:5].mapped("display_name")),
                )
            )
