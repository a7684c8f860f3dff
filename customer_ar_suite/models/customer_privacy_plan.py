from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models

from ..engine.privacy.retention import kept_until, rule_for
from .customer_privacy_rules import (
    AUDIT,
    BLANKED,
    DELETED,
    DOCUMENTS,
    LOG,
    LOG_OF_DUTIES,
    OWN,
    WORDS_ONLY,
)
from .customer_privacy_sweep import PERSONS, Found

#: messages people wrote; the others say what the system did
HUMAN = ("comment", "email", "email_outgoing", "whatsapp_message", "sms")


class Step(NamedTuple):
    """What happens to some records of one model, and why."""

    treatment: str
    model: str
    ids: tuple
    own: frozenset = frozenset()
    why: str = "no_need"
    purpose_id: int | bool = False
    until: date | None = None


class CustomerPrivacyPlan(models.AbstractModel):
    """Decides for everything found on a person: erase, redact or keep, why, until when."""

    _name = "customer.privacy.plan"
    _description = "Plan of an Erasure"

    # Its caller checks the right and asks it as superuser: which records of whatever kind
    # there are is what the plan is about.

    @api.model
    def _plan(self, partner, today, found=None):
        """The steps of erasing ``partner``, in the order in which they are taken.

        :param found: everything on him, where the caller has it already
        :rtype: list[Step]
        """
        if found is None:
            found = self.env["customer.privacy.sweep"]._find(partner)
        kept = {
            name: self._split(name, found[name], today)
            for name in DOCUMENTS
            if name in found
        }
        steps = self._employer_steps(partner)
        for name, rows in found.items():
            steps += self._steps_of(name, rows, kept)
        steps += self._file_steps(found)
        order = ("keep", "file", "delete", "blank", "redact", "pseudonymise")
        # contacts after their users: both are named by what stands on the contact
        return sorted(
            (step for step in steps if step.ids),
            key=lambda step: (
                order.index(step.treatment),
                step.model != "res.users",
                step.model,
            ),
        )

    def _steps_of(self, name, rows, kept):
        own = rows.own
        if name in OWN:
            return []
        if name in PERSONS:
            others = tuple(id_ for id_ in rows.ids if id_ not in own)
            return [
                Step("pseudonymise", name, tuple(sorted(own)), own, "person"),
                Step("redact", name, others, frozenset(), "mention"),
            ]
        if name in AUDIT:
            return [Step("keep", name, rows.ids, own, "audit")]
        if name == LOG:
            return self._log_steps(rows)
        if name in DOCUMENTS:
            return self._document_steps(name, rows, kept[name])
        if name in ("mail.message", "mail.tracking.value", "ir.attachment"):
            return self._thread_steps(name, rows, kept)
        if name in DELETED or self.env[name]._transient:
            return [Step("delete", name, rows.ids, own)]
        if name in BLANKED:
            others = tuple(id_ for id_ in rows.ids if id_ not in own)
            return [
                Step("blank", name, tuple(sorted(own)), own, "free_text"),
                Step("redact", name, others, frozenset(), "mention"),
            ]
        own = frozenset() if name in WORDS_ONLY else own
        return [Step("redact", name, rows.ids, own, "free_text" if own else "mention")]

    def _log_steps(self, rows):
        """That something was done stays proven; what the values were is forgotten."""
        entries = self.env[LOG].browse(rows.ids)
        duties = entries.filtered(lambda entry: entry.event.startswith(LOG_OF_DUTIES))
        rest = (entries - duties).filtered("payload")
        return [
            Step("keep", LOG, tuple((entries - rest).ids), rows.own, "audit"),
            Step("blank", LOG, tuple(rest.ids), rows.own, "log"),
        ]

    # -- documents ------------------------------------------------------------------------

    def _split(self, name, rows, today):
        """{id: (last day, purpose)} of the documents that must be kept today."""
        kind, day_field, final = DOCUMENTS[name]
        records = self.env[name].with_context(active_test=False)
        kept = {}
        for record in records.browse(rows.ids).filtered_domain(final):
            company = record.company_id
            rule = self._rule(kind, company)
            closing = (int(company.fiscalyear_last_month), company.fiscalyear_last_day)
            day = fields.Date.to_date(record[day_field])
            until = kept_until(day, rule.years, closing)
            if until >= today or self._is_sealed(record):
                kept[record.id] = (max(until, today), rule.key)
        return kept

    def _is_sealed(self, record):
        """Posted entries that core has hashed cannot change any more."""
        if record._name == "account.move":
            return bool(record.inalterable_hash)
        return "move_id" in record and bool(record.move_id.inalterable_hash)

    def _rule(self, kind, company):
        retentions = self.env["customer.privacy.purpose"]._retentions(company)
        return rule_for(retentions, kind, company.country_id.code or "")

    def _document_steps(self, name, rows, kept):
        by_rule = defaultdict(list)
        for id_, (until, purpose) in kept.items():
            by_rule[until, purpose].append(id_)
        rest = tuple(id_ for id_ in rows.ids if id_ not in kept)
        kind = DOCUMENTS[name][0]
        return [
            *(
                Step("keep", name, tuple(sorted(ids)), rows.own, kind, purpose, until)
                for (until, purpose), ids in sorted(by_rule.items())
            ),
            Step("redact", name, rest, rows.own.intersection(rest), "free_text"),
        ]

    # -- threads and files ----------------------------------------------------------------

    def _thread_steps(self, name, rows, kept):
        """What hangs on kept documents stays with them; the rest loses its content."""
        groups = defaultdict(list)
        for record in self.env[name].browse(rows.ids):
            message = (
                record.mail_message_id if name == "mail.tracking.value" else record
            )
            model = message.res_model if name == "ir.attachment" else message.model
            document = kept.get(model, {}).get(message.res_id)
            groups[
                self._fate(name, message, model, document, record.id in rows.own)
            ].append(record.id)
        return [
            Step(
                treatment, name, tuple(sorted(ids)), rows.own.intersection(ids),
                why, purpose, until,
            )
            for (treatment, why, purpose, until), ids in groups.items()
        ]  # fmt: skip

    def _fate(self, name, message, model, document, is_own):
        if name == "ir.attachment":
            if document:
                return "keep", DOCUMENTS[model][0], document[1], document[0]
            return "delete", "no_need", False, None
        if document and self._has_audit_trail(model, message.res_id):
            return "keep", DOCUMENTS[model][0], document[1], document[0]
        if (document and message.message_type not in HUMAN) or not is_own:
            return "redact", "mention", False, None
        return "blank", "free_text", False, None

    def _has_audit_trail(self, model, res_id):
        """Core refuses to change the messages of documents of such companies."""
        company = self.env[model].browse(res_id).company_id
        return "restrictive_audit_trail" in company and company.restrictive_audit_trail

    def _file_steps(self, found):
        """Uploaded customer files: they hold other rows too and can only go as a whole."""
        rows = found.get("customer.import.row", Found((), frozenset()))
        batches = self.env["customer.import.row"].browse(rows.ids).batch_id
        return [Step("file", batches._name, tuple(batches.ids), frozenset(batches.ids))]

    def _employer_steps(self, partner):
        """What stands on a contact person at his company: in its notes and messages."""
        parents = partner.parent_id | partner.commercial_partner_id
        parents -= partner
        if not parents:
            return []
        messages = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "in", parents.ids)],
            order="id",
        )
        values = self.env["mail.tracking.value"].search(
            [("mail_message_id", "in", messages.ids)], order="id"
        )
        return [
            Step("redact", records._name, tuple(records.ids), frozenset(), "mention")
            for records in (parents, messages, values)
        ]
