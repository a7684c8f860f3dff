from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.money import from_minor, to_minor
from ..engine.statement.superseding import Entry, judge
from .ar_confirmation import LIVE

TODO = "mail.mail_activity_data_todo"


class ArConfirmation(models.Model):
    """What happens to letters by themselves: superseded by the ledger, reminded of.

    Both are asked of many letters at once; the number of questions to the ledger is that
    of the days and companies, not that of the letters.
    """

    _inherit = "ar.confirmation"

    @api.model
    def _cron_follow_up(self):
        """Every night: compare all letters that count, remind of those not answered."""
        self.search([("state", "in", LIVE)]).try_lock_for_update()._supersede()
        for company in self.env["res.company"].search([]):
            self._due_reminders(company).try_lock_for_update()._remind()

    # -- superseding ----------------------------------------------------------------------

    def _supersede(self):
        """Letters whose ledger of that day is no longer what they say, marked as such.

        :return: those that were superseded now
        """
        superseded = self.browse()
        live = self.filtered(lambda letter: letter.state in LIVE and letter.is_intact)
        for (company, as_of), letters in live.grouped(
            lambda letter: (letter.company_id, letter.as_of_date)
        ).items():
            superseded += letters._compare(company, as_of)
        return superseded

    def _compare(self, company, as_of):
        """The letters of one company and day, against one look at its ledger."""
        partner_ids = self.partner_id.ids
        items = defaultdict(list)
        for item in self.env["ar.ledger"]._open_items(
            as_of, company_ids=company.ids, partner_ids=partner_ids
        ):
            items[item.partner_id].append(item)
        contents = {letter: letter._content().matrix for letter in self}
        entries = self._entries(company, as_of, contents)
        currencies = self.env["ar.statement"]._currencies()
        codes = {key: currency.code for key, currency in currencies.items()}
        superseded = self.browse()
        for letter, matrix in contents.items():
            verdict = judge(
                matrix,
                items[letter.partner_id.id],
                entries[letter],
                codes,
                letter.last_line_id,
            )
            if verdict.is_superseded:
                superseded += letter
                letter._write_changes(verdict.changes)
        superseded._mark_superseded()
        return superseded

    def _entries(self, company, as_of, contents):
        """What became of the items of each letter, and what was posted since, by letter."""
        lines = self.env["account.move.line"]
        listed = {
            letter: {row.line_id for s in matrix.sections for row in s.rows}
            for letter, matrix in contents.items()
        }
        oldest = min(self.mapped("last_line_id"))
        known = lines.browse({id_ for ids in listed.values() for id_ in ids}).exists()
        scope = self.env["ar.ledger"]._line_scope(
            company_ids=company.ids, partner_ids=self.partner_id.ids
        )
        newer = lines.search(
            scope & Domain("id", ">", oldest) & Domain("date", "<=", as_of)
        )
        rows = {line.id: _entry(line) for line in known | newer}
        by_partner = defaultdict(list)
        for line in newer:
            by_partner[line.partner_id.commercial_partner_id].append(rows[line.id])
        return {
            letter: [
                *(rows[id_] for id_ in ids if id_ in rows),
                *(e for e in by_partner[letter.partner_id] if e.line_id not in ids),
            ]
            for letter, ids in listed.items()
        }

    def _write_changes(self, changes):
        """The entries by which the letter is superseded; what was listed before goes."""
        currencies = self.env["ar.statement"]._currency_ids()
        digits = {
            code: self.env["res.currency"].browse(id_).decimal_places
            for code, id_ in currencies.items()
        }
        self.env["ar.confirmation.change"]._insert(
            [
                {
                    "confirmation_id": self.id,
                    "company_id": self.company_id.id,
                    "kind": change.kind,
                    "line_id": change.line_id,
                    "currency_id": currencies[change.currency],
                    "number": change.number,
                    "date": change.date,
                    "before_amount": float(
                        from_minor(change.before, digits[change.currency])
                    ),
                    "after_amount": float(
                        from_minor(change.after, digits[change.currency])
                    ),
                }
                for change in changes
            ]
        )

    def _mark_superseded(self):
        today = fields.Date.context_today(self)
        for letter in self:
            letter._set(state="superseded", superseded_on=today)
        self.activity_unlink([TODO])
        self._log("confirmation_superseded")
        self._schedule(
            self.env._(
                "Superseded: the ledger of that day has changed. Issue a new one?"
            )
        )

    # -- reminding ------------------------------------------------------------------------

    def _due_reminders(self, company):
        """Letters nobody answered in time, and the last reminder is long enough ago."""
        today = fields.Date.context_today(self)
        pause = timedelta(days=company.ar_confirmation_reminder_days)
        return self.search(
            [
                ("company_id", "=", company.id),
                ("is_overdue", "=", True),
                ("reminder_count", "<", company.ar_confirmation_reminder_count),
                "|",
                ("reminded_on", "=", False),
                ("reminded_on", "<=", today - pause),
            ]
        )

    def _remind(self):
        """An activity for who is responsible; an e-mail to the customer where turned on."""
        if not self:
            return
        today = fields.Date.context_today(self)
        for letter in self:
            letter._set(reminder_count=letter.reminder_count + 1, reminded_on=today)
        self.activity_unlink([TODO])
        self._schedule(self.env._("No reply yet: call, or send the letter once more."))
        self._log("confirmation_reminded")
        template = self.env.ref(
            "customer_ar_suite.ar_confirmation_mail_reminder", raise_if_not_found=False
        )
        for letter in self.filtered("company_id.ar_confirmation_mail"):
            if template and letter.partner_id.email:
                template.with_context(lang=letter.language).send_mail(letter.id)

    def _schedule(self, text):
        quiet = self.with_context(mail_activity_quick_update=True)
        today = fields.Date.context_today(self)
        for letter in quiet:
            if letter.user_id.active:
                letter.activity_schedule(
                    TODO, date_deadline=today, summary=text, user_id=letter.user_id.id
                )


def _entry(line):
    return Entry(
        line.id,
        line.currency_id.id,
        line.move_name or "",
        line.date,
        to_minor(line.amount_currency, line.currency_id.decimal_places),
        line.parent_state == "posted",
    )
