from odoo import api, models
from odoo.tools import html2plaintext


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        """Deliveries of statements follow their e-mails."""
        result = super().write(vals)
        if "state" in vals:
            self.env["ar.statement.delivery"]._follow_mails(self)
        return result

    def unlink(self):
        """An e-mail deleted before it went out was not sent."""
        # sudo: see _follow_mails
        rows = self.env["ar.statement.delivery"].sudo()
        waiting = rows.search([("mail_id", "in", self.ids), ("state", "=", "queued")])
        if waiting:
            waiting._move("cancelled", self.env._("The e-mail was deleted."))
        return super().unlink()


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """A statement that came back says so in the customer's history."""
        if references := message_dict.get("bounced_msg_ids"):
            # sudo: mails come in without a user; only their own deliveries are noted
            rows = self.env["ar.statement.delivery"].sudo()
            found = rows.search([("message_ref", "in", list(references))])
            if found:
                text = html2plaintext(message_dict.get("body") or "").strip()
                found._move(
                    "bounced", text or self.env._("Came back from the mail server.")
                )
        return super()._routing_handle_bounce(email_message, message_dict)
