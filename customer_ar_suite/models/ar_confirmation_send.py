from odoo import fields, models
from odoo.exceptions import UserError

from .ar_confirmation import MOVES


class ArConfirmation(models.Model):
    """Letters sent by e-mail: the paper attached, in Odoo's queue, in the customer's language.

    State, e-mail and audit entry come about in one transaction, and a letter that was sent
    is past this step: two clicks, or a kill between them, send nothing twice.
    """

    _inherit = "ar.confirmation"

    def action_send_email(self):
        """Send letters that have not left the house; who has no address is named."""
        self._check_may_issue()
        unsent = self.filtered(lambda letter: letter.state in MOVES["sent"])
        if not unsent:
            raise UserError(self.env._("These letters have been sent already."))
        if len(unsent) > self._most_files:
            raise UserError(
                self.env._(
                    "Choose at most %(most)s letters: each is printed on its own.",
                    most=self._most_files,
                )
            )
        receivers = unsent._receivers()
        letters = unsent.filtered(lambda letter: letter.id in receivers)
        names = ", ".join((unsent - letters).partner_id.mapped("display_name"))
        if not letters:
            raise UserError(
                self.env._(
                    "No usable e-mail address: %(names)s. Enter one, or print the letter.",
                    names=names,
                )
            )
        # first: it holds the rows, and refuses those somebody else has just sent
        letters._move("sent", sent_on=fields.Date.context_today(self))
        letters._queue_mails(receivers)
        return self._tell_sent(len(letters), names)

    def _receivers(self):
        """The contact for invoices or the customer, whoever can be written to, by letter."""
        found = {}
        # sudo: to whom an e-mail goes, of letters the user may see
        for letter in self.sudo():
            customer = letter.partner_id
            contact = customer.browse(customer.address_get(["invoice"])["invoice"])
            for one in (customer, contact):
                if one.email_normalized and not one.is_blacklisted:
                    found[letter.id] = one.id
        return found

    def _queue_mails(self, receivers):
        """One e-mail per letter with its paper, texts in the language of the letter."""
        template = self.env.ref(
            "customer_ar_suite.ar_confirmation_mail_letter", raise_if_not_found=False
        )
        if not template:
            raise UserError(
                self.env._(
                    "The e-mail template “Balance Confirmation: Letter” was deleted. "
                    "Print the letters, or have your administrator update the suite."
                )
            )
        papers = self.env["ir.actions.report"]._ar_letters(self)
        # sudo: files and e-mails of letters the user may send; checked by the action
        files, mails = self.env["ir.attachment"].sudo(), self.env["mail.mail"].sudo()
        for letter in self:
            attachment = files.create(
                {
                    "name": f"{letter._print_name()}.pdf",
                    "raw": papers[letter.id],
                    "mimetype": "application/pdf",
                    "res_model": letter._name,
                    "res_id": letter.id,
                }
            )
            mails.create(
                {
                    **letter._mail_texts(template),
                    "recipient_ids": [fields.Command.link(receivers[letter.id])],
                    "attachment_ids": [fields.Command.link(attachment.id)],
                }
            )
        self._log("confirmation_emailed")
        # sudo: waking the queue is not a right of its own
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _mail_texts(self, template):
        """Values of the e-mail of one letter."""
        # sudo: what the template says of a letter the user may send
        template = template.sudo().with_context(lang=self.language)
        texts = template._generate_template(
            self.ids, ("subject", "body_html", "email_from")
        )[self.id]
        sender = texts["email_from"] or self.env.user.email_formatted
        return {
            "subject": texts["subject"],
            "body_html": texts["body_html"],
            "body": texts["body_html"],
            "email_from": sender,
            "reply_to": sender,
            "model": self._name,
            "res_id": self.id,
            "auto_delete": False,
        }

    def _tell_sent(self, count, without_address):
        message = self.env._("On their way by e-mail: %(count)s", count=count)
        if without_address:
            message += "\n" + self.env._(
                "Not sent, no usable e-mail address: %(names)s", names=without_address
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if without_address else "success",
                "sticky": bool(without_address),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class ArConfirmationRun(models.Model):
    _inherit = "ar.confirmation.run"

    def action_send_email(self):
        """All letters of the selection that have not left the house, by e-mail."""
        self.env["ar.confirmation"]._check_may_issue()
        self.check_access("read")
        return self._live_letters().action_send_email()
