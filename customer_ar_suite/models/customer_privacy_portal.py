from odoo import models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    """What a customer decides in the portal: for himself, and for nobody else."""

    _inherit = "res.partner"

    def _ar_privacy_choices(self):
        """[(purpose, the consent that holds or none)] a person can decide on."""
        self.ensure_one()
        purposes = self._ar_own_purposes()
        # sudo: the person's own decisions
        current = self.env["customer.privacy.consent"].sudo()._current(self, purposes)
        by_purpose = current.grouped("purpose_id")
        return [
            (purpose, by_purpose.get(purpose, current.browse())[:1])
            for purpose in purposes
        ]

    def _ar_own_purposes(self):
        """Purposes that need consent and hold for the company the person deals with."""
        company = self.env.company
        # sudo: texts that everybody is shown who is asked for consent
        purposes = self.env["customer.privacy.purpose"].sudo()
        found = purposes.search(
            [
                ("needs_consent", "=", True),
                ("consent_text", "!=", False),
                ("company_id", "in", [company.id, False]),
            ]
        )
        return found.filtered(
            lambda one: not one.country_ids or company.country_id in one.country_ids
        ).with_context(lang=self.lang or self.env.lang)

    def _ar_decide_in_portal(self, purpose, decision, version):
        """Record the decision of the user who is logged in.

        :param version: fingerprint of the text that the page showed
        """
        self.ensure_one()
        if self != self.env.user.partner_id:
            raise AccessError(self.env._("Everybody decides for himself."))
        shown = self._ar_own_purposes().filtered(lambda one: str(one.id) == purpose)
        if not shown or decision not in ("given", "withdrawn"):
            raise UserError(self.env._("There is nothing to decide here."))
        if decision == "given" and version != shown.consent_hash:
            raise UserError(
                self.env._(
                    "The text has changed in the meantime. Please read it again."
                )
            )
        self.env["customer.privacy.consent"]._record(self, shown, decision, "portal")
