from odoo import models
from odoo.tools import email_normalize_all

#: answers to the person's own request may be sent
ALLOWED = ("customer.privacy.request",)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Nothing leaves for persons whose data are only stored."""
        mails = self - self._ar_stop_restricted()
        return super(MailMail, mails).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _ar_stop_restricted(self):
        """Take restricted persons off the recipients; what is left without any is stopped."""
        stopped = self.browse()
        for mail in self.exists().filtered(lambda one: one.model not in ALLOWED):
            locked = mail.recipient_ids.filtered("ar_is_restricted")
            addressed = mail._ar_restricted_addresses()
            if not locked and not addressed:
                continue
            rest = mail.recipient_ids - locked
            if rest and not addressed:
                mail.recipient_ids = rest
                continue
            stopped |= mail
        if stopped:
            stopped.write(
                {
                    "state": "cancel",
                    "failure_reason": self.env._(
                        "Not sent: the processing of this person's data is restricted."
                    ),
                }
            )
        return stopped

    def _ar_restricted_addresses(self):
        """Is one of the plain addresses that of a restricted person?"""
        addresses = email_normalize_all(self.email_to or "") + email_normalize_all(
            self.email_cc or ""
        )
        # sudo: whether an address is locked, whoever sends
        return bool(addresses) and bool(
            self.env["res.partner"]
            .sudo()
            .search_count(
                [
                    ("email_normalized", "in", addresses),
                    ("ar_is_restricted", "=", True),
                ],
                limit=1,
            )
        )
