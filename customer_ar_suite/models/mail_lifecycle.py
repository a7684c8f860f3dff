"""Events of the lifecycle that file themselves: done activities and incoming e-mail."""

from odoo import fields, models


class MailActivity(models.Model):
    """A done activity on a customer is an event of the kind that claims its type."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        events = self._lifecycle_events(feedback)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: who may finish the activity files that it was done
        self.env["customer.lifecycle.event"].sudo()._file(events)
        return result

    def _lifecycle_events(self, feedback):
        """Values of the events; read before the activities are archived or gone."""
        # sudo: which kinds claim which activity types is the same for everybody
        kinds = {
            type_.id: kind
            for kind in self.env["customer.lifecycle.event.kind"].sudo().search([])
            for type_ in reversed(kind.activity_type_ids)
        }
        ours = self.filtered(
            lambda one: (
                one.res_model == "res.partner" and one.activity_type_id.id in kinds
            )
        )
        # sudo: the card of an activity its user may finish; values stay inside
        contacts = self.env["res.partner"].sudo().browse(ours.mapped("res_id")).exists()
        by_id = {contact.id: contact for contact in contacts}
        return [
            {
                "partner_id": customer.id,
                "contact_id": contact != customer and contact.id,
                "kind_id": kinds[activity.activity_type_id.id].id,
                "happened_on": fields.Date.context_today(self),
                "summary": activity.summary or activity.activity_type_id.name,
                "note": feedback or activity.note,
                "user_id": self.env.uid,
                "source": "activity",
                "res_model": "mail.activity",
                "res_id": activity.id,
            }
            for activity in ours
            if (contact := by_id.get(activity.res_id))
            and (customer := contact.commercial_partner_id).customer_rank > 0
        ]


class ResPartner(models.Model):
    """An e-mail that a customer writes to his card is a contact."""

    _inherit = "res.partner"

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type == "email" and len(self) == 1:
            self._ar_file_email(message)
        return result

    def _ar_file_email(self, message):
        # sudo: the mail gateway delivers; nothing is shown to anybody
        root = self.env(su=True)
        kind = root.ref(
            "customer_ar_suite.customer_lifecycle_event_kind_email",
            raise_if_not_found=False,
        )
        customer = self.with_env(root).commercial_partner_id
        if not kind or not kind.active or customer.customer_rank <= 0:
            return
        author = message.with_env(root).author_id
        ours = author.commercial_partner_id == customer
        root["customer.lifecycle.event"]._file(
            [
                {
                    "partner_id": customer.id,
                    "contact_id": ours and author != customer and author.id,
                    "kind_id": kind.id,
                    "happened_on": fields.Date.context_today(self),
                    "summary": message.subject,
                    "user_id": (customer.user_id or self.env.user).id,
                    "source": "message",
                    "res_model": "mail.message",
                    "res_id": message.id,
                }
            ]
        )
