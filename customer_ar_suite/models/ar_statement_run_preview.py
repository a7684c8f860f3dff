from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all

from ..engine.money import from_minor
from ..engine.statement.dispatch import (
    DispatchError,
    Facts,
    Wish,
    dispatch,
    figures_key,
)
from .engine_messages import engine_message
from .sensitive_values import clear_values


class ArStatementRun(models.Model):
    """The preview: who would get what, by which way, and what stands in the way."""

    _inherit = "ar.statement.run"

    def action_preview(self):
        """Build all statements without issuing one, and list them."""
        self._check_preparer()
        self._lock()
        self._check_state("draft", "preview")
        for run in self:
            run._check_period()
            if run.kind == "issue":
                run._load_lines()
            else:
                run._refresh_lines(run.line_ids)
        self._note_preparer()
        # sudo: a step of the run; checked above
        self.sudo().previewed_at = fields.Datetime.now()

    def action_back_to_draft(self):
        """Change what was chosen; the preview is thrown away."""
        self._check_preparer()
        self._lock()
        self._check_state("preview")
        self._discard_preview()

    def _discard_preview(self):
        # sudo: a step of the run; who may change the parameters may do it
        runs = self.sudo()
        runs.previewed_at = False
        runs.filtered(lambda run: run.kind == "issue").line_ids.unlink()

    def _check_period(self):
        starts, ends = self.period_start_date, self.as_of_date
        if not ends:
            raise UserError(self.env._("Say as of which day the statements are."))
        if self.layout_kind == "activity" and (not starts or starts > ends):
            raise UserError(self.env._("The period must start on or before %s.", ends))

    # -- figures --------------------------------------------------------------------------

    def _build_drafts(self, partner_ids):
        """Figures of these customers (None: of all with open items), nothing issued."""
        return self.env["ar.statement"]._build(
            self.company_id,
            self.layout_id,
            self.as_of_date,
            self.period_start_date,
            partner_ids,
            "overdue" if self.include == "overdue" and partner_ids is None else None,
        )

    def _load_lines(self):
        """A line for each customer who is wanted, and for each whose ledger disagrees."""
        self.env["ar.statement"]._check_may_issue()
        drafts, errors = self._build_drafts(self._selected_partner_ids())
        wanted = self._wanted()
        found = {
            draft.partner_id: draft
            for draft in drafts
            if self._is_wanted(draft, wanted)
        }
        # sudo: lines are written by the steps of the run; who may run it was checked
        lines = self.env["ar.statement.run.line"].sudo()
        lines.search([("run_id", "=", self.id)]).unlink()
        partner_ids = [*found, *errors]
        decided = self._decide(
            partner_ids, {pid for pid, draft in found.items() if draft.balance < 0}
        )
        standing = self._standing_exclusions(partner_ids)
        lines.create(
            [
                {
                    **self._line_vals(partner_id, found.get(partner_id)),
                    **decided[partner_id],
                    **self._exclusion_vals(standing.get(partner_id)),
                    **self._error_vals(errors.get(partner_id)),
                }
                for partner_id in partner_ids
            ]
        )
        self.invalidate_recordset(["line_ids"])

    def _line_vals(self, partner_id, draft):
        digits = self.company_id.currency_id.decimal_places
        values = {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": partner_id,
        }
        return values | (self._figure_vals(draft, digits) if draft else {})

    def _figure_vals(self, draft, digits):
        return {
            "balance_amount": float(from_minor(draft.balance, digits)),
            "overdue_amount": float(from_minor(draft.overdue, digits)),
            "language": draft.matrix.header.language,
            "figures_key": figures_key(draft.matrix),
        }

    def _error_vals(self, error):
        return {"problem": engine_message(self.env, error)} if error else {}

    def _exclusion_vals(self, exclusion):
        if not exclusion:
            return {}
        return {
            "run_state": "skipped",
            "exclusion_reason": exclusion.reason,
            "excluded_by_id": exclusion.create_uid.id,
        }

    def _standing_exclusions(self, partner_ids):
        """Exclusions that hold today, by customer."""
        found = self.env["ar.statement.exclusion"].search(
            [
                ("partner_id", "in", partner_ids),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        return {one.partner_id.id: one for one in found}

    def _refresh_lines(self, lines):
        """Figures and ways of lines not yet done, as they are today."""
        digits = self.company_id.currency_id.decimal_places
        fresh = lines.filtered(lambda line: not line.statement_id)
        drafts, errors = self._build_drafts(fresh.partner_id.ids) if fresh else ([], {})
        found = {draft.partner_id: draft for draft in drafts}
        decided = self._decide_lines(lines)
        # sudo: lines are written by the steps of the run; who may run it was checked
        for line in lines.sudo():
            partner_id = line.partner_id.id
            values = dict(decided[partner_id])
            if line in fresh and partner_id in found:
                values |= self._figure_vals(found[partner_id], digits)
            if partner_id in errors:
                values |= self._error_vals(errors[partner_id])
            line.write(values)

    # -- ways -----------------------------------------------------------------------------

    def _decide_lines(self, lines):
        """Ways of lines that exist; values by customer."""
        credit = lines.filtered(lambda line: line.balance_amount < 0).partner_id
        cancelled = lines.filtered(lambda line: line.statement_id.state == "cancelled")
        return self._decide(
            lines.partner_id.ids, set(credit.ids), set(cancelled.partner_id.ids)
        )

    def _decide(self, partner_ids, credit_ids=(), cancelled_ids=()):
        """Way, addresses, warnings and problem of each customer, as values of its line."""
        wish = Wish(self.channel, self.or_post)
        decided = {}
        for partner_id, facts in self._load_facts(partner_ids).items():
            facts = facts._replace(
                is_credit=partner_id in credit_ids,
                is_cancelled=partner_id in cancelled_ids,
            )
            found = dispatch(wish, facts)
            decided[partner_id] = {
                "channel": found.channel,
                "email": ", ".join(found.emails) or False,
                "warning_codes": " ".join(found.warnings) or False,
                "problem": found.problem
                and engine_message(self.env, DispatchError(found.problem)),
            }
        return decided

    def _load_facts(self, partner_ids):
        """What the decision needs to know of each customer; few questions for many.

        :rtype: dict[int, Facts]
        """
        partners = (
            self.env["res.partner"].with_context(active_test=False).browse(partner_ids)
        )
        contacts = self._invoice_contacts(partner_ids)
        emails, texts = {}, {}
        # the address is used to send, and shown to those alone who see the contact
        with clear_values():
            for partner in partners:
                texts[partner.id] = (
                    contacts.get(partner.id, partner).email or partner.email or ""
                )
                emails[partner.id] = tuple(email_normalize_all(texts[partner.id]))
        everyone = [email for found in emails.values() for email in set(found)]
        shared = frozenset(email for email, n in Counter(everyone).items() if n > 1)
        opted_out = self._opted_out(everyone)
        before = self._issued_before(partner_ids)
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return {
            partner.id: Facts(
                emails=emails[partner.id],
                opted_out=opted_out,
                shared=shared,
                has_email_text=bool(texts[partner.id].strip()),
                has_address=_has_address(contacts.get(partner.id, partner))
                or _has_address(partner),
                is_archived=not partner.active,
                is_restricted=bool(partner.ar_is_restricted),
                has_bounced=partner.message_bounce > 0,
                has_own_language=partner.lang in installed,
                issued_before=partner.id in before,
            )
            for partner in partners
        }

    def _invoice_contacts(self, partner_ids):
        """The contact for invoices, by customer; the one that is printed, too."""
        contacts = self.env["res.partner"].search(
            [("parent_id", "in", partner_ids), ("type", "=", "invoice")],
            order="id desc",
        )
        return {contact.parent_id.id: contact for contact in contacts}

    def _opted_out(self, emails):
        """Addresses that asked for no e-mail."""
        # sudo: whether an address is on the list; the list itself is not shown
        listed = self.env["mail.blacklist"].sudo().search([("email", "in", emails)])
        return frozenset(listed.mapped("email"))

    def _issued_before(self, partner_ids):
        """Customers who have got a statement of this kind and day, of another run."""
        if self.kind != "issue":
            return set()
        groups = self.env["ar.statement"]._read_group(
            [
                ("partner_id", "in", partner_ids),
                ("company_id", "=", self.company_id.id),
                ("layout_id", "=", self.layout_id.id),
                ("as_of_date", "=", self.as_of_date),
                ("state", "!=", "cancelled"),
            ],
            ["partner_id"],
        )
        return {partner.id for (partner,) in groups}


def _has_address(partner):
    return bool(partner.street or partner.street2 or partner.city or partner.zip)
