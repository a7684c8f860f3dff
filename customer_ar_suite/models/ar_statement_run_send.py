from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.statement.dispatch import (
    EMAIL,
    FILE,
    ISSUE,
    DispatchError,
    figures_key,
)
from .engine_messages import engine_message


class ArStatementRun(models.Model):
    """The work of a confirmed run: issue, hand over, write down; each customer once.

    Statement, letter, e-mail and the row that says so come about in one transaction. A
    process that dies leaves a customer done or untouched, never half.
    """

    _inherit = "ar.statement.run"

    # -- confirming -----------------------------------------------------------------------

    def action_confirm(self):
        """Ask once more, with the number of customers and the way, before anything goes."""
        self._check_preparer()
        self.ensure_one()
        self._check_state("preview", "done", "cancelled")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "customer_ar_suite.ar_statement_run_confirm_action"
            ),
            "context": {"default_run_id": self.id},
        }

    def action_resume_run(self):
        """Try failed customers again, or go on with a run that was stopped.

        Their figures and addresses are looked at anew, and shown before they are confirmed.
        """
        self._check_preparer()
        self.ensure_one()
        self._lock()
        self._check_state("done", "cancelled")
        left = self._left_lines()
        if not left:
            raise UserError(self.env._("Nothing of this run is left to do."))
        self._refresh_lines(left)
        return self.action_confirm()

    def _left_lines(self):
        return self.line_ids.filtered(lambda line: line.run_state in ("todo", "error"))

    def _sendable_lines(self):
        """What a confirmation lets go."""
        return self._left_lines().filtered(lambda line: not line.problem)

    def _confirm(self, count):
        """Let it go: exactly what was shown to the one who confirms.

        :param count: customers by way, as the dialog named them
        """
        self.ensure_one()
        self._check_may_confirm()
        self._lock()
        self._check_state("preview", "done", "cancelled")
        lines = self._sendable_lines()
        if lines._count_by_channel() != count:
            raise UserError(
                self.env._(
                    "The run has changed since this dialog was opened. Look at it again "
                    "and confirm once more."
                )
            )
        if not lines:
            raise UserError(self.env._("No customer of this run can be served."))
        if count.get(EMAIL) and not self.template_id:
            raise UserError(
                self.env._("Choose the e-mail template the customers shall be written.")
            )
        self._set_item_state(self._left_lines(), "todo")
        now = fields.Datetime.now()
        self._set_run_state(
            "running",
            confirmed_by_id=self.env.uid,
            confirmed_at=now,
            started_at=self.started_at or now,
            finished_at=False,
            stopped_because=False,
        )
        self.env["customer.audit.entry"]._ar_log(
            "statement_run_confirmed", self, {**count, "as_of": str(self.as_of_date)}
        )
        self._start_run()

    # -- working off ----------------------------------------------------------------------

    def _process_items(self, items):
        """Errors are told in the language of the one who confirmed."""
        told = self.with_context(lang=self._run_user().lang)
        return super(ArStatementRun, told)._process_items(items.with_env(told.env))

    def _apply_items(self, items):
        """Issue and hand over what nothing speaks against; the others get their error."""
        lines = self._leave_out_excluded(items)
        decided = self._decide_lines(lines)
        lines = lines - self._set_problems(lines, decided)
        lines = lines - self._issue_lines(
            lines.filtered(lambda one: not one.statement_id)
        )
        self._hand_over(lines)

    def _leave_out_excluded(self, lines):
        """Those who have been excluded for good since the preview are not served."""
        standing = self._standing_exclusions(lines.partner_id.ids)
        left_out = lines.filtered(lambda line: line.partner_id.id in standing)
        for line in left_out:
            # sudo: lines are written by the steps of the run; confirmed before
            line.sudo().write(self._exclusion_vals(standing[line.partner_id.id]))
        return lines - left_out

    def _set_problems(self, lines, decided):
        """Set aside who cannot be served; what is left knows its way."""
        refused = self.env["ar.statement.run.line"]
        for line in lines:
            values = decided[line.partner_id.id]
            if line.channel != values["channel"] and not values["problem"]:
                # confirmed was another way: that is asked again
                values["problem"] = engine_message(
                    self.env, DispatchError("statement_way_changed")
                )
            # sudo: lines are written by the steps of the run; confirmed before
            line.sudo().write(
                {name: values[name] for name in ("email", "problem")}
                | {"run_error": False}
            )
            if values["problem"]:
                self._set_item_state(line, "error", values["problem"])
                refused |= line
        return refused

    def _issue_lines(self, lines):
        """Issue what still is what was confirmed; returns the lines that are not."""
        if not lines:
            return lines
        drafts, errors = self._build_drafts(lines.partner_id.ids)
        found = {draft.partner_id: draft for draft in drafts}
        wrong = {}
        for line in lines:
            partner_id = line.partner_id.id
            if partner_id in errors:
                wrong[line] = errors[partner_id]
            elif partner_id not in found:
                wrong[line] = DispatchError("statement_nothing_to_show")
            elif figures_key(found[partner_id].matrix) != line.figures_key:
                wrong[line] = DispatchError("statement_figures_changed")
        for line, error in wrong.items():
            self._set_item_state(line, "error", engine_message(self.env, error))
        good = lines.filtered(lambda line: line not in wrong)
        statements = self.env["ar.statement"]._issue_drafts(
            [found[line.partner_id.id] for line in good],
            self.company_id,
            self.layout_id,
        )
        if self.release_portal:
            statements._release_portal()
        for line, statement in zip(good, statements, strict=True):
            # sudo: lines are written by the steps of the run; confirmed before
            line.sudo().statement_id = statement
        return lines - good

    def _hand_over(self, lines):
        """Each by its way, and the row that says so, in one transaction."""
        deliveries = self.env["ar.statement.delivery"]
        for channel, same in lines.grouped("channel").items():
            if channel == ISSUE:
                continue
            mails = attachments = None
            if channel in (EMAIL, FILE):
                attachments = self._make_files(same.statement_id)
            if channel == EMAIL:
                mails = self._queue_mails(same, attachments)
            rows = deliveries._note(same, channel, self._run_user(), mails)
            for line, row in zip(same, rows, strict=True):
                # sudo: lines are written by the steps of the run; confirmed before
                line.sudo().delivery_id = row

    def _make_files(self, statements):
        """The letter of each customer, by itself, kept with its statement.

        :rtype: dict[int, IrAttachment]
        """
        # sudo: files belong to the statements, which the user may read
        attachments = self.env["ir.attachment"].sudo()
        made = attachments.search(
            [
                ("res_model", "=", "ar.statement"),
                ("res_id", "in", statements.ids),
                ("res_field", "=", False),
                ("description", "=", "ar.statement.letter"),
            ]
        )
        by_statement = {one.res_id: one for one in made}
        missing = statements.filtered(lambda one: one.id not in by_statement)
        letters = self.env["ir.actions.report"]._ar_letters(missing) if missing else {}
        created = attachments.create(
            [
                {
                    "name": f"{statement._print_name()}.pdf",
                    "raw": letters[statement.id],
                    "mimetype": "application/pdf",
                    "res_model": "ar.statement",
                    "res_id": statement.id,
                    "description": "ar.statement.letter",
                }
                for statement in missing
            ]
        )
        return by_statement | {one.res_id: one for one in created}

    def _queue_mails(self, lines, attachments):
        """One e-mail per customer in Odoo's queue, in the language of its statement."""
        if not self.template_id.exists():
            raise UserError(
                engine_message(self.env, DispatchError("statement_template_missing"))
            )
        texts = {}
        for language, same in lines.statement_id.grouped("language").items():
            texts |= self._mail_texts(same, language)
        # sudo: the queue takes letters from whoever may send; confirmed before
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    {
                        **texts[line.statement_id.id],
                        "email_to": line.email,
                        "attachment_ids": [
                            fields.Command.link(attachments[line.statement_id.id].id)
                        ],
                    }
                    for line in lines
                ]
            )
        )
        self.env["customer.audit.entry"]._ar_log(
            "statement_queued",
            lines.statement_id,
            by_record={
                line.statement_id.id: {"number": line.statement_id.name}
                for line in lines
            },
        )
        # sudo: waking the queue is not a right of its own
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return mails

    def _mail_texts(self, statements, language):
        """Values of an e-mail for each of the statements, all of one language."""
        template = self.template_id.with_context(
            lang=language, template_preview_lang=language
        )
        rendered = template._generate_template(
            statements.ids, ("subject", "body_html", "email_from", "reply_to")
        )
        sender = self.company_id.email_formatted or self._run_user().email_formatted
        return {
            statement.id: {
                "subject": values["subject"],
                "body_html": values["body_html"],
                "body": values["body_html"],
                "email_from": values["email_from"] or sender,
                "reply_to": values["reply_to"] or values["email_from"] or sender,
                "model": "ar.statement",
                "res_id": statement.id,
                "auto_delete": template.auto_delete,
                "mail_server_id": template.mail_server_id.id,
            }
            for statement in statements
            for values in [rendered[statement.id]]
        }
