from odoo import fields, models
from odoo.exceptions import UserError

#: so many letters are enough to judge by
SAMPLES = 3


class ArStatementRun(models.Model):
    """A look at the real thing: the first letters of a run, sent to oneself."""

    _inherit = "ar.statement.run"

    def action_send_sample(self):
        """Queue the e-mails of the first customers to one's own address.

        Nothing is issued: statements, numbers and audit entries are taken back, only the
        letters are kept. They carry the number TEST.
        """
        self._check_preparer()
        self.ensure_one()
        self._check_state("preview")
        address = self.env.user.email_normalized
        if not address:
            raise UserError(self.env._("Your own user has no e-mail address."))
        if not self.template_id:
            raise UserError(
                self.env._("Choose the e-mail template the customers shall be written.")
            )
        letters = self._sample_letters(self._sendable_lines()[:SAMPLES])
        if not letters:
            raise UserError(self.env._("No customer of this run can be served."))
        # sudo: letters to oneself
        self.env["mail.mail"].sudo().create(
            [
                {
                    "subject": self.env._("[Sample] %s", text["subject"]),
                    "body_html": text["body_html"],
                    "email_from": text["email_from"],
                    "reply_to": text["reply_to"],
                    "email_to": address,
                    "auto_delete": True,
                    "attachment_ids": [
                        fields.Command.create(
                            {"name": name, "raw": pdf, "mimetype": "application/pdf"}
                        )
                    ],
                }
                for text, name, pdf in letters
            ]
        )
        # sudo: waking the queue is not a right of its own
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s sample e-mails are on their way to %(address)s.",
                    count=len(letters),
                    address=address,
                ),
            },
        }

    def _sample_letters(self, lines):
        """(texts of the e-mail, file name, PDF) of each line; leaves no other trace."""
        savepoint = self.env.cr.savepoint()
        try:
            statements = lines.statement_id or self._sample_statements(lines)
            files = self.env["ir.actions.report"]._ar_letters(statements)
            texts = {}
            for language, same in statements.grouped("language").items():
                texts |= self._mail_texts(same, language)
            return [
                (texts[one.id], f"{one._print_name()}.pdf", files[one.id])
                for one in statements
            ]
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _sample_statements(self, lines):
        self.env["ar.statement"]._check_may_issue()
        drafts, _errors = self._build_drafts(lines.partner_id.ids)
        numbers = [f"TEST-{index}" for index, _draft in enumerate(drafts, 1)]
        return self.env["ar.statement"]._issue_drafts(
            drafts, self.company_id, self.layout_id, numbers
        )
