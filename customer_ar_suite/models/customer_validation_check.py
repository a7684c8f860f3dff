from odoo import api, models

from ..engine.errors import RowError
from ..engine.masking import mask
from ..engine.validation.base import BANK, CONTACT, CUSTOMER, Subject
from ..engine.validation.evaluate import judge
from .customer_validation_rule import CODED, MODELS
from .engine_messages import engine_message
from .res_partner_dimensions import COLUMN_PREFIX
from .sensitive_values import clear_values

#: fields that decide which rules bind a customer
SCOPE = ("country_id", "is_company", "company_type", "parent_id")


class CustomerValidationRule(models.Model):
    """The one validator: form, create and write, import and API ask here."""

    _inherit = "customer.validation.rule"

    @api.model
    def _ar_check_values(
        self, vals_list, company=None, subject=CUSTOMER, records=None, names=None
    ):
        """What is wrong with each row: one tuple of findings per dict, in their order.

        Call it with dicts as for ``create`` or ``write`` (field of the model -> value, ids
        for many2one), a whole file at once; the number of statements does not grow with
        the rows::

            rules = self.env["customer.validation.rule"]
            found = rules._ar_check_values(vals_list, company)
            for findings in found:
                blocked = any(finding.blocks for finding in findings)
                texts = rules._ar_finding_texts(findings)

        A ``Finding`` has ``rule_id``, ``field``, ``severity`` ("block", "warn"), ``code``
        and ``params`` (``value`` among them). Nothing is raised, nothing is written.

        :param company: whose rules; its setting decides whether any are asked, and whether
            they block. The current company if not given.
        :param subject: "customer", "contact" or "bank" (then the dicts are of bank accounts)
        :param records: the records that the dicts would change, one each (a recordset, or
            a list where some rows are new and have an empty one); what a dict does not say
            is taken from them
        :param names: judge these fields only: for an update those of the dict. ``None``:
            all of them, so that what is missing is found
        """
        company = company or self.env.company
        rules = self._rules_of_company(company.id)[subject]
        if not rules:
            return [()] * len(vals_list)
        model = self.env[MODELS[subject]].with_company(company)
        if records is None:
            records = [model] * len(vals_list)
        with_defaults = self._defaults(model, {rule.field for rule in rules})
        # clear: judged, not shown; texts show masks
        with clear_values():
            subjects = [
                # sudo: who enters a value is told whether it is right, whatever he may see
                self._subject(record.sudo().with_company(company), vals, rules, subject)
                if record
                else self._subject(model.sudo(), with_defaults | vals, rules, subject)
                for record, vals in zip(records, vals_list, strict=True)
            ]
        return judge(subjects, self._known_rules(rules, model), names)

    @api.model
    def _defaults(self, model, names):
        """What new records have in these fields if nobody says anything."""
        return model.default_get([name for name in names if name in model._fields])

    @api.model
    def _known_rules(self, rules, model):
        return [rule for rule in rules if rule.field in model._fields]

    # -- records and dicts as the engine sees them ----------------------------------------

    @api.model
    def _subject(self, record, vals, rules, subject):
        """One record with the values it would have."""
        values = {
            rule.field: self._plain(record, rule.field, vals)
            for rule in rules
            if rule.field in record._fields
        }
        partner, partner_vals = record, vals
        if subject == BANK:
            owner = vals.get("partner_id") or record.partner_id.id
            # sudo: country and kind of the account's owner
            partner = self.env["res.partner"].sudo().browse(owner)
            partner_vals = {}
        return Subject(
            values,
            self._plain(partner, "country_id", partner_vals) or "",
            self._is_company(partner, partner_vals),
            self._categories(partner, partner_vals, rules),
        )

    @api.model
    def _plain(self, record, name, vals):
        """A value, given or the record's own, as rules compare it; None: empty."""
        field = record._fields[name]
        value = record[name] if record else False
        if name in vals:
            value = vals[name]
            if field.type == "many2one":
                value = self.env[field.comodel_name].browse(value or False)
            elif field.type == "date":
                value = field.convert_to_cache(value, record)
        elif not record and field.compute:
            return "…"  # a new record's own computation fills it
        if field.type == "many2one" and value:
            # sudo: the code of a country, or that there is something
            value = value.sudo()
            coded = field.comodel_name in CODED
            return (value.code if coded else str(value.id)) or None
        if field.type in ("boolean", "integer", "float", "monetary"):
            return value
        return value or None

    @api.model
    def _is_company(self, partner, vals):
        if "is_company" in vals:
            return bool(vals["is_company"])
        if "company_type" in vals:
            return vals["company_type"] == "company"
        return bool(partner.is_company)

    @api.model
    def _categories(self, partner, vals, rules):
        """Ids of the customer's categories, if any rule asks for them."""
        if not any(rule.categories for rule in rules):
            return frozenset()
        customer = partner.commercial_partner_id or partner
        return frozenset(
            found
            for name in self.env["customer.dimension"]._columns()
            if (found := vals.get(name) or (customer[name].id if customer else False))
        )

    # -- which records are judged, and by what --------------------------------------------

    @api.model
    def _subject_of(self, partner, vals):
        """Whether the rules for customers or those for contacts are asked."""
        parent = vals.get("parent_id", partner.parent_id)
        return CONTACT if parent and not self._is_company(partner, vals) else CUSTOMER

    @api.model
    def _judged_names(self, rules, names):
        """The fields that are judged when ``names`` are changed.

        A change of what decides on the scope asks all rules with a scope.
        """
        scope = any(name in SCOPE or name.startswith(COLUMN_PREFIX) for name in names)
        return set(names) | {
            rule.field
            for rule in rules
            if scope
            and (
                rule.countries
                or rule.categories
                or rule.party != "any"
                or rule.checksum in ("vat", "phone")
            )
        }

    # -- texts ----------------------------------------------------------------------------

    @api.model
    def _ar_finding_texts(self, findings):
        """A sentence per finding, in the user's language: the field, and why."""
        return [self._finding_text(finding) for finding in findings]

    @api.model
    def _finding_text(self, finding):
        # sudo: name and message of a rule are for everybody it concerns
        rule = self.browse(finding.rule_id).sudo()
        label = self._field_label(rule)
        reason = rule.message or self._reason(rule, finding)
        return self.env._("%(field)s: %(reason)s", field=label, reason=reason)

    @api.model
    def _reason(self, rule, finding):
        params = dict(finding.params)
        if self._is_hidden(rule.model_name, finding.field):
            params["value"] = mask(params["value"], 4) if params["value"] else ""
            params["meant"] = ""
        return engine_message(self.env, RowError(finding.code, **params))

    @api.model
    def _is_hidden(self, model, name):
        """May the user not see the values of this field?"""
        field = self.env[model]._fields.get(name)
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        return (model, name) in rules or bool(
            field and not self.env[model]._has_field_access(field, "read")
        )

    @api.model
    def _field_label(self, rule):
        model = self.env[rule.model_name]
        # sudo: the label of a field
        return model._fields[rule.field_name]._description_string(model.sudo().env)
