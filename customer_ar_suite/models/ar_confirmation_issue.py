from dataclasses import replace
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.money import from_minor
from ..engine.statement.confirmation import (
    Confirmation,
    claims,
    with_something_to_confirm,
)
from ..engine.statement.matrix import Party, fingerprint


class Ask(NamedTuple):
    """What is asked of the customers, the same of all of a selection."""

    kind: str
    as_of: date
    reply_by: date
    with_items: bool = True
    auditor_name: str = ""
    auditor_address: str = ""


class ArConfirmation(models.Model):
    """How letters come about: figures as of a day, or those of an issued statement."""

    _inherit = "ar.confirmation"

    @api.model
    def _issue(self, company, ask, partner_ids, run=None):
        """Number and freeze the letters to these customers.

        :return: the letters, and the error of each customer whose ledger disagrees
        :rtype: tuple[ArConfirmation, dict[int, EngineError]]
        """
        self._check_may_issue()
        self._check_company(company)
        layout = self.env["ar.statement.layout"].new(
            {"kind": "open_item", "show_banks": False, "bucket_set_id": False}
        )
        drafts, errors = self.env["ar.statement"]._build(
            company, layout, ask.as_of, None, partner_ids
        )
        currency = company.currency_id
        last_line_id = self._last_line_id()
        figures = [
            {
                "partner_id": draft.partner_id,
                "balance_amount": float(
                    from_minor(draft.balance, currency.decimal_places)
                ),
                "matrix": with_something_to_confirm(
                    draft.matrix, currency.name, currency.decimal_places
                ),
                "last_line_id": last_line_id,
                "run_id": run.id if run else False,
            }
            for draft in drafts
        ]
        return self._write_letters(company, ask, figures), errors

    @api.model
    def _issue_for(self, statements, ask):
        """Letters that confirm the very figures of issued statements."""
        self._check_may_issue()
        statements.check_access("read")
        letters = self.browse()
        for company, own in statements.grouped("company_id").items():
            self._check_company(company)
            currency = company.currency_id
            figures = [
                {
                    "partner_id": statement.partner_id.id,
                    "balance_amount": statement.balance_amount,
                    "matrix": with_something_to_confirm(
                        statement._matrix(), currency.name, currency.decimal_places
                    ),
                    "last_line_id": self._last_line_id(statement.create_date),
                    "statement_id": statement.id,
                }
                for statement in own
            ]
            letters += self._write_letters(company, ask, figures)
        return letters

    @api.model
    def _standard_ask(self, company):
        """What is asked unless somebody says otherwise."""
        today = fields.Date.context_today(self)
        days = company.ar_confirmation_reply_days
        return Ask(
            "positive",
            today,  # of a statement the day of its own counts
            fields.Date.add(today, days=days),
            auditor_name=company.ar_auditor_name or "",
            auditor_address=company.ar_auditor_address or "",
        )

    def action_issue_anew(self):
        """A new letter with the figures of now, in place of one that was superseded."""
        self._check_may_issue()
        self.ensure_one()
        if self.state != "superseded":
            raise UserError(
                self.env._("Only a superseded letter is replaced by a new one.")
            )
        company = self.company_id
        today = fields.Date.context_today(self)
        old = self._content()
        ask = Ask(
            self.kind,
            self.as_of_date,
            fields.Date.add(today, days=company.ar_confirmation_reply_days),
            old.with_items,
            self.auditor_name or "",
            "\n".join(old.reply_to.address) if old.by_auditor else "",
        )
        letter, errors = self._issue(company, ask, self.partner_id.ids, self.run_id)
        if errors:
            raise UserError(self.env["ar.statement"]._error_text(errors))
        # sudo: written by its own steps alone; the right was checked above
        letter.sudo()._set(replaces_id=self.id)
        return letter._get_records_action(context={})

    # -- figures --------------------------------------------------------------------------

    def _check_company(self, company):
        if company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Switch to the company %(name)s to issue its letters.",
                    name=company.display_name,
                )
            )

    def _last_line_id(self, until=None):
        """The youngest journal item, of now or of a moment."""
        domain = [("create_date", "<=", until)] if until else []
        # sudo: a number that says what is older, nothing of the item
        lines = self.env["account.move.line"].sudo()
        return lines.search(domain, order="id desc", limit=1).id or 0

    def _write_letters(self, company, ask, figures):
        today = fields.Date.context_today(self)
        numbers = self.env["ar.statement"]._next_numbers(
            company, len(figures), "ar.confirmation"
        )
        contents = [
            self._content_of(company, ask, known.pop("matrix"), today)
            for known in figures
        ]
        snapshots = [content.to_json() for content in contents]
        # sudo: nobody may create letters but through here; the callers checked who asks
        letters = self.sudo()._insert(
            [
                {
                    **known,
                    "name": number,
                    "company_id": company.id,
                    "company_currency_id": company.currency_id.id,
                    "kind": ask.kind,
                    "auditor_name": ask.auditor_name or False,
                    "as_of_date": content.matrix.header.as_of,
                    "issued_on": today,
                    "reply_by_date": ask.reply_by,
                    "language": content.matrix.header.language,
                    "snapshot": snapshot,
                    "snapshot_hash": fingerprint(snapshot),
                    "user_id": self.env.uid,
                }
                for known, number, content, snapshot in zip(
                    figures, numbers, contents, snapshots, strict=True
                )
            ]
        )
        letters._write_totals(contents)
        letters._log("confirmation_issued")
        # sudo: ends here, the caller sees them with his own rights
        return letters.sudo(False)

    def _write_totals(self, contents):
        ids = self.env["ar.statement"]._currency_ids()
        self.env["ar.confirmation.total"]._insert(
            [
                {
                    "confirmation_id": letter.id,
                    "company_id": letter.company_id.id,
                    "currency_id": ids[claim.currency],
                    **{
                        name: float(from_minor(minor, claim.digits))
                        for name, minor in (
                            ("owed_to_us_amount", claim.owed_to_us),
                            ("owed_by_us_amount", claim.owed_by_us),
                            ("balance_amount", claim.balance),
                        )
                    },
                }
                for letter, content in zip(self, contents, strict=True)
                for claim in claims(content.matrix)
            ]
        )

    def _content_of(self, company, ask, matrix, today):
        """The letter about ``matrix``; its texts are its own, not those of statements."""
        header = replace(matrix.header, intro="", closing="", banks=())
        by_auditor = bool(ask.auditor_name)
        if by_auditor:
            lines = [line.strip() for line in ask.auditor_address.splitlines()]
            reply_to = Party(ask.auditor_name, tuple(filter(None, lines)))
        else:
            reply_to = header.company._replace(tax_id="", reference="")
        sections = tuple(
            replace(s, words="", pay_code=None, payable=0) for s in matrix.sections
        )
        return Confirmation(
            kind=ask.kind,
            matrix=replace(matrix, header=header, sections=sections),
            reply_to=reply_to,
            by_auditor=by_auditor,
            issued_on=today,
            reply_by=ask.reply_by,
            # a list of our items would tell what the customer shall say himself
            with_items=ask.with_items and ask.kind != "blank",
        )
