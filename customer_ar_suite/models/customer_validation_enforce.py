from collections import defaultdict

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..engine.validation.base import BANK
from .customer_validation_rule import MODELS
from .sensitive_values import clear_values

#: lines of one refusal; more faults are told in the next
_MOST_LINES = 20


class CustomerValidationRule(models.Model):
    """Refuses what a user writes against a blocking rule, by whatever route.

    What would be stored is judged: the values given over the record's own, also where they
    wait for approval. A value that stays as it was stops nobody, however wrong. What the
    system does by itself is not judged; what it does for a portal visitor is.
    """

    _inherit = "customer.validation.rule"

    @api.model
    @ormcache()
    def _strict_company_ids(self):
        """Companies whose rules may block."""
        # sudo: asked at every write of a contact, whoever writes
        companies = self.env["res.company"].sudo()
        return frozenset(companies.search([("ar_validation_level", "=", "strict")]).ids)

    @api.model
    @ormcache()
    def _own_partner_ids(self):
        """The companies themselves are no customers."""
        # sudo: as above
        return frozenset(self.env["res.company"].sudo().search([]).partner_id.ids)

    @api.model
    def _is_enforced(self):
        return bool(self._strict_company_ids()) and (
            not self.env.su or self.env.user.share
        )

    @api.model
    def _blocking(self, company, subject):
        """The fields whose rules may refuse a value."""
        if company.id not in self._strict_company_ids():
            return frozenset()
        rules = self._rules_of_company(company.id)[subject]
        return frozenset(rule.field for rule in rules if rule.blocks)

    # -- creating -------------------------------------------------------------------------

    @api.model
    def _enforce_create(self, records, vals_list):
        """After ``create``: whatever the records got by themselves counts, too."""
        if not self._is_enforced():
            return
        pairs = dict(zip(records, vals_list, strict=True))
        for (company, subject), group in self._grouped(records, pairs).items():
            if names := self._blocking(company, subject):
                self._refuse(company, subject, group, pairs, names)

    # -- writing --------------------------------------------------------------------------

    @api.model
    def _values_before(self, records, vals):
        """{record: its values that rules may refuse}, before ``vals`` are written."""
        if not self._is_enforced():
            return {}
        pairs = dict.fromkeys(records, vals)
        before = {}
        for (company, subject), group in self._grouped(records, pairs).items():
            if names := self._blocking(company, subject):
                before |= self._values_of(group, names, {})
        return before

    @api.model
    def _values_of(self, records, names, vals):
        # clear: compares
        with clear_values():
            return {
                # sudo: compares, shows nothing
                record: self._plain_values(record.sudo(), names, vals)
                for record in records
            }

    @api.model
    def _plain_values(self, record, names, vals):
        names = [name for name in names if name in record._fields]
        return {name: self._plain(record, name, vals) for name in names}

    @api.model
    def _enforce_write(self, records, vals, before):
        """After ``write``: what has become another value is judged."""
        if not before:
            return
        pairs = dict.fromkeys(records, vals)
        for (company, subject), group in self._grouped(records, pairs).items():
            names = self._blocking(company, subject)
            rules = self._rules_of_company(company.id)[subject]
            after = self._values_of(group, names, vals)
            by_names = defaultdict(list)
            for record in group:
                old = before.get(record, {})
                changed = {n for n, v in after[record].items() if old.get(n) != v}
                changed |= self._judged_names(rules, vals) & names - vals.keys()
                if changed:
                    by_names[frozenset(changed)].append(record.id)
            for changed, ids in by_names.items():
                self._refuse(company, subject, group.browse(ids), pairs, changed)

    # -- refusing -------------------------------------------------------------------------

    @api.model
    def _grouped(self, records, pairs):
        """{(company, what about): records} of those that rules are for."""
        found = defaultdict(list)
        # sudo: whom a rule is for is no secret of the record's
        for record in records.sudo():
            vals = pairs[record]
            if records._name == MODELS[BANK]:
                partner, subject = record.partner_id, BANK
            else:
                partner, subject = record, self._subject_of(record, vals)
            if not self._is_exempt(partner):
                company = partner.company_id or self.env.company
                found[company, subject].append(record.id)
        return {key: records.browse(ids) for key, ids in found.items()}

    @api.model
    def _is_exempt(self, partner):
        """Colleagues, the companies themselves and mere suppliers are no customers."""
        customer = partner.commercial_partner_id or partner
        return (
            not partner.partner_share
            or customer.id in self._own_partner_ids()
            or bool(customer.supplier_rank and not customer.customer_rank)
        )

    @api.model
    def _refuse(self, company, subject, records, pairs, names):
        vals_list = [pairs[record] for record in records]
        found = self._ar_check_values(vals_list, company, subject, records, names)
        lines = [
            self._refusal_line(record, finding)
            for record, findings in zip(records, found, strict=True)
            for finding in findings
            if finding.blocks
        ]
        if lines:
            raise ValidationError("\n".join(lines[:_MOST_LINES]))

    @api.model
    def _refusal_line(self, record, finding):
        # sudo: names what the user is writing
        rule = self.browse(finding.rule_id).sudo()
        value = finding.params["value"]
        if self._is_hidden(rule.model_name, finding.field):
            value = ""
        partner = record.partner_id if rule.subject == BANK else record
        return self.env._(
            "%(customer)s – %(finding)s (rule “%(rule)s”; entered: “%(value)s”)",
            customer=partner.sudo().display_name,  # sudo: as above
            finding=self._finding_text(finding),
            rule=rule.name,
            value=value,
        )
