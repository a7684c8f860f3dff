from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.address import missing_parts, score
from ..engine.quality import Fault, months_before, out_of_date
from ..engine.validation.base import BANK, CONTACT, CUSTOMER
from ..engine.validation.evaluate import judge
from .customer_validation_rule import MODELS
from .res_partner_quality import KINDS
from .sensitive_values import clear_values

RULE_CHECKS = {
    "required": "rule_required",
    "block": "rule_broken",
    "warn": "rule_warned",
}
#: months after which an e-mail that came back says nothing any more
BOUNCES_COUNT = 12


class CustomerQualityFacts(models.AbstractModel):
    """What is wrong with some customers: one loader per check, each with few questions.

    A loader gives ``(customer id, Fault, details)``; details are stored with the finding and
    said in the reader's language by ``customer.quality.finding``.
    """

    _name = "customer.quality.facts"
    _description = "Facts on Data Quality"

    # Its caller has checked the right to audit; he chose customers he sees.

    @api.model
    def _load_faults(self, partners, company, as_of, checks):
        """({customer id: [Fault]}, {(customer id, check, field, key): details})."""
        faults, details = {id_: [] for id_ in partners.ids}, {}
        for check in checks:
            loader = self._loaders()[check.code]
            for id_, fault, more in loader(partners, company, as_of, check):
                faults[id_].append(fault)
                details[(id_, *fault[:3])] = more
        return faults, details

    @api.model
    def _loaders(self):
        """Code of a check -> what loads its faults; a further check is added here."""
        return {
            "rule_broken": self._load_rules,
            "rule_required": self._load_rules,
            "rule_warned": self._load_rules,
            "correction": self._load_corrections,
            "identifier": self._load_identifiers,
            "address": self._load_addresses,
            "contact": self._load_contacts,
            "duplicate": self._load_duplicates,
            "bounced": self._load_bounces,
            "returned": self._load_returns,
            "not_confirmed": self._load_ages,
        }

    # -- rules ----------------------------------------------------------------------------

    def _load_rules(self, partners, company, as_of, check):
        """What breaks a rule, with customers, their contacts and their accounts."""
        rules = self.env["customer.validation.rule"]._rules_to_audit(company)
        wanted = {
            subject: [rule for rule in asked if _check_of(rule) == check.code]
            for subject, asked in rules.items()
        }
        for subject, records in self._judged(partners, wanted).items():
            yield from self._judge(subject, records, wanted[subject], company)

    def _judged(self, partners, wanted):
        found = {CUSTOMER: partners}
        if wanted[CONTACT]:
            found[CONTACT] = partners.child_ids.filtered(
                lambda one: one.active and not one.is_company
            )
        if wanted[BANK]:
            found[BANK] = partners.bank_ids
        return {subject: rows for subject, rows in found.items() if wanted[subject]}

    def _judge(self, subject, records, rules, company):
        validator = self.env["customer.validation.rule"]
        asked = validator._known_rules(rules, self.env[MODELS[subject]])
        # clear: judged, not shown; findings show masks
        with clear_values():
            subjects = [
                # sudo: the rule's own field may be another group's
                validator._subject(
                    record.sudo().with_company(company), {}, asked, subject
                )
                for record in records
            ]
        for record, found in zip(records, judge(subjects, asked), strict=True):
            customer = {CUSTOMER: "id", CONTACT: "parent_id", BANK: "partner_id"}
            owner = record[customer[subject]]
            for one in found:
                beside = "" if subject == CUSTOMER else f":{record._name}:{record.id}"
                yield (
                    owner if subject == CUSTOMER else owner.id,
                    Fault(_check_of(one, asked), one.field, f"{one.rule_id}{beside}"),
                    {
                        "rule_id": one.rule_id,
                        "subject": subject,
                        "fault": one.code,
                        "params": {key: str(v) for key, v in one.params.items()},
                    },
                )

    # -- values ---------------------------------------------------------------------------

    def _load_corrections(self, partners, company, as_of, check):
        """Values that could be written better, but for those somebody wants as they are."""
        names = {"name", *KINDS}
        # clear: what is stored is judged; findings show masks
        with clear_values():
            for partner in partners:
                for name, before, after, kinds, _changes in partner._ar_propose(names):
                    if not partner._ar_is_refused(name, before):
                        yield (
                            partner.id,
                            Fault(check.code, name),
                            {"before": before, "after": after, "kinds": list(kinds)},
                        )

    def _load_identifiers(self, partners, company, as_of, check):
        for partner in partners:
            if partner.is_company and not (partner.vat or partner.company_registry):
                yield partner.id, Fault(check.code, "vat"), {}

    def _load_addresses(self, partners, company, as_of, check):
        for partner in partners:
            country = partner.country_id.code or ""
            parts = partner._ar_address_parts()
            if lacking := missing_parts(parts, country):
                share = 100 - score(parts, country)
                fault = Fault(check.code, "street", share=share)
                yield partner.id, fault, {"parts": list(lacking)}

    def _load_contacts(self, partners, company, as_of, check):
        """Whom nobody can reach: neither by mail nor by telephone, nor a contact of his."""
        for partner in partners:
            people = partner | partner.child_ids
            if not any(one.email or one.phone for one in people):
                yield partner.id, Fault(check.code, "email"), {}

    # -- what others have found -----------------------------------------------------------

    def _load_duplicates(self, partners, company, as_of, check):
        """Pairs nobody has decided on: a finding about the one that was entered later."""
        # sudo: pairs are found for all; whether it can be shown is asked on reading
        pairs = self.env["customer.duplicate.pair"].sudo()
        for pair in pairs.search(
            [
                ("state", "in", ("open", "later")),
                ("company_id", "in", (False, company.id)),
                ("score", ">=", company.ar_duplicate_threshold),
                "|",
                ("one_id", "in", partners.ids),
                ("other_id", "in", partners.ids),
            ]
        ):
            first, second = sorted((pair.one_id.id, pair.other_id.id))
            if second in partners._ids:
                yield (
                    second,
                    Fault(check.code, "", str(first)),
                    {"other": first, "score": round(pair.score)},
                )

    def _load_bounces(self, partners, company, as_of, check):
        for partner in partners:
            if partner.email and partner.message_bounce > 0:
                yield (
                    partner.id,
                    Fault(check.code, "email"),
                    {"count": partner.message_bounce},
                )

    def _load_returns(self, partners, company, as_of, check):
        """Statements and letters that came back and have not arrived since."""
        since = months_before(as_of, BOUNCES_COUNT)
        back, arrived = defaultdict(list), {}
        # sudo: whether papers came back is no figure; who may see money is another matter
        deliveries = self.env["ar.statement.delivery"].sudo()
        domain = [
            ("partner_id", "in", partners.ids),
            ("company_id", "=", company.id),
            ("handed_at", ">=", since),
        ]
        for one in deliveries.search_fetch(
            domain, ["partner_id", "state", "handed_at"], order="id"
        ):
            if one.state == "bounced":
                back[one.partner_id.id].append(one.handed_at.date())
            elif one.state in ("sent", "posted"):
                arrived[one.partner_id.id] = one.handed_at.date()
        # sudo: as above
        letters = self.env["ar.confirmation"].sudo()
        for one in letters.search_fetch(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("state", "=", "returned"),
                ("as_of_date", ">=", since),
            ],
            ["partner_id", "as_of_date"],
        ):
            back[one.partner_id.id].append(one.as_of_date)
        for id_, days in back.items():
            if max(days) >= arrived.get(id_, max(days)):
                details = {"count": len(days), "day": str(max(days))}
                yield id_, Fault(check.code, "street"), details

    # -- time -----------------------------------------------------------------------------

    def _load_ages(self, partners, company, as_of, check):
        """Values nobody has entered, changed or confirmed for some months."""
        names = check._ageing_fields()
        known = self._last_known(partners, names)
        # clear: only whether there is a value
        with clear_values():
            for partner in partners:
                born = partner.create_date and partner.create_date.date()
                days = {
                    name: max(
                        filter(None, (born, known.get((partner.id, name)))),
                        default=None,
                    )
                    for name in names
                    if partner[name]
                }
                for name in out_of_date(days, as_of, check.month_count):
                    more = {"day": str(days[name]) if days[name] else ""}
                    yield partner.id, Fault(check.code, name), more

    def _last_known(self, partners, names):
        """{(customer id, field): day} of the last entry or confirmation."""
        found = {
            place: at.date()
            for place, (_user, at) in self._entered(partners, names).items()
        }
        confirmed = self.env["customer.quality.confirmation"]._last(partners, names)
        for place, day in confirmed.items():
            found[place] = max(day, found.get(place, day))
        return found

    @api.model
    def _entered(self, partners, names):
        """{(customer id, field): (user id, time)} by the audit log, where it was kept.

        Whoever last wrote a value has entered it.
        """
        if not partners or not names:
            return {}
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (entry.res_id, field.name)
                       entry.res_id, field.name, entry.user_id, entry.at
                  FROM customer_audit_entry entry
                  JOIN unnest(%s) AS field(name) ON entry.payload ? field.name
                 WHERE entry.model = 'res.partner' AND entry.res_id = ANY(%s)
                   AND entry.event IN ('record.create', 'record.write')
                 ORDER BY entry.res_id, field.name, entry.id DESC
                """,
                list(names),
                partners.ids,
            )
        )
        return {(id_, name): (user, at) for id_, name, user, at in rows}

    @api.model
    def _authors(self, partners, names):
        """{(customer id, field): user id} of who entered what; "" of the customer itself."""
        entered = self._entered(partners, [name for name in names if name])
        authors = {place: user for place, (user, _at) in entered.items()}
        for partner in partners:
            for name in names:
                # sudo: who created a customer
                author = partner.sudo().create_uid.id
                authors.setdefault((partner.id, name), author)
        return authors

    @api.model
    def _customers_domain(self, company):
        """The customers an audit of this company is about."""
        own = self.env["customer.validation.rule"]._own_partner_ids()
        return (
            Domain("partner_share", "=", True)
            & Domain("parent_id", "=", False)
            & Domain("company_id", "in", (False, company.id))
            & Domain("id", "not in", list(own))
            & Domain("ar_has_left", "=", False)
            & (Domain("customer_rank", ">", 0) | Domain("supplier_rank", "=", 0))
        )

    @api.model
    def _today(self):
        return fields.Date.context_today(self)


class CustomerValidationRule(models.Model):
    _inherit = "customer.validation.rule"

    @api.model
    def _rules_to_audit(self, company):
        """{what about: rules}: an audit asks them whether or not the company enforces them."""
        found = {subject: [] for subject in MODELS}
        # sudo: who audits customers need not be able to read the rules
        for rule in self.sudo().search(
            [("active", "=", True), ("company_id", "in", (False, company.id))],
            order="sequence, id",
        ):
            found[rule.subject].append(rule._engine_rule())
        return found


def _check_of(rule, rules=()):
    """The check a rule, or a finding of one of ``rules``, belongs to."""
    for one in rules:
        if one.rule_id == rule.rule_id:
            rule = one
    kind = "required" if rule.condition == "required" else rule.severity
    return RULE_CHECKS[kind]
