from odoo import api, fields, models

from ..engine.masking import mask
from ..engine.validation.base import Finding


class CustomerQualityFinding(models.Model):
    """What a finding says: in the reader's language, with what he may see of the value."""

    _inherit = "customer.quality.finding"

    @api.depends("check_id", "details", "field_name")
    @api.depends_context("lang", "uid")
    def _compute_texts(self):
        advice = self._advice()
        # sudo: what the reader may not see is masked
        for finding, stored in zip(self, self.sudo(), strict=True):
            details = stored.details or {}
            finding.what = finding._sentence(details)
            finding.value_text = finding._shown_value(details)
            finding.advice = advice.get(finding.check_code, "")

    def _sentence(self, details):
        """Why it is a fault."""
        code = self.check_code
        if code in ("rule_broken", "rule_required", "rule_warned"):
            return self._rule_sentence(details)
        sentence = {
            "correction": self._correction_sentence,
            "identifier": self._identifier_sentence,
            "address": self._address_sentence,
            "contact": self._contact_sentence,
            "duplicate": self._duplicate_sentence,
            "bounced": self._bounced_sentence,
            "returned": self._returned_sentence,
            "not_confirmed": self._age_sentence,
        }.get(code)
        return sentence(details) if sentence else self.check_id.name

    def _rule_sentence(self, details):
        rules = self.env["customer.validation.rule"]
        # sudo: whether the rule is still there; its sentence is for all it concerns
        if not rules.browse(details.get("rule_id")).sudo().exists():
            return self.env._("The rule was deleted since.")
        text = rules._finding_text(
            Finding(
                details["rule_id"],
                self.field_name,
                "",
                details["fault"],
                details["params"],
            )
        )
        if details["subject"] == "contact":
            return self.env._("Of a contact: %(finding)s", finding=text)
        if details["subject"] == "bank":
            return self.env._("Of a bank account: %(finding)s", finding=text)
        return text

    def _correction_sentence(self, details):
        reasons = self.env["res.partner"]._ar_correction_kinds()
        kinds = [reasons[kind] for kind in details.get("kinds", ()) if kind in reasons]
        after = self._masked(details.get("after") or "")
        return self.env._(
            "could be written “%(value)s” (%(reasons)s)",
            value=after,
            reasons=", ".join(kinds),
        )

    def _identifier_sentence(self, _details):
        return self.env._("A company without tax ID and without register number.")

    def _address_sentence(self, details):
        names = self.env["res.partner"]._ar_address_part_names()
        parts = [names[part] for part in details.get("parts", ()) if part in names]
        return self.env._("The address lacks: %(parts)s", parts=", ".join(parts))

    def _contact_sentence(self, _details):
        return self.env._(
            "Neither e-mail address nor telephone number, not of a contact."
        )

    def _duplicate_sentence(self, details):
        other = self.env["res.partner"].browse(details.get("other")).exists()
        visible = other._filtered_access("read")
        return self.env._(
            "May be the same customer as %(other)s (%(score)s of 100).",
            other=visible.display_name
            if visible
            else self.env._("a customer you do not see"),
            score=details.get("score"),
        )

    def _bounced_sentence(self, details):
        return self.env._(
            "E-mails came back: %(count)s times.", count=details.get("count")
        )

    def _returned_sentence(self, details):
        return self.env._(
            "Letters or statements came back: %(count)s, the last of %(day)s.",
            count=details.get("count"),
            day=details.get("day"),
        )

    def _age_sentence(self, details):
        if not details.get("day"):
            return self.env._("Nobody knows since when this has held.")
        return self.env._(
            "Neither changed nor confirmed since %(day)s.", day=details["day"]
        )

    # -- values ---------------------------------------------------------------------------

    def _shown_value(self, details):
        value = details.get("before") or (details.get("params") or {}).get("value")
        return self._masked(value or "")

    def _masked(self, value):
        """The value as the reader may see it."""
        rules = self.env["customer.validation.rule"]
        # sudo: the model of a field
        model = self.field_id.sudo().model or "res.partner"
        hidden = value and rules._is_hidden(model, self.field_name)
        return mask(value, 4) if hidden else value

    @api.model
    def _advice(self):
        """What to do about a fault, by check."""
        return {
            "rule_broken": self.env._("Correct the value, or ask the customer."),
            "rule_required": self.env._("Ask the customer and fill it in."),
            "rule_warned": self.env._("Look whether the value is right."),
            "correction": self.env._("Accept the correction on the customer's form."),
            "identifier": self.env._("Ask for the tax ID or the register number."),
            "address": self.env._("Complete the address."),
            "contact": self.env._("Find out how to reach the customer."),
            "duplicate": self.env._("Decide in the worklist of duplicates."),
            "bounced": self.env._("Find out the address that holds now."),
            "returned": self.env._("Find out where the customer is now."),
            "not_confirmed": self.env._("Ask the customer, then confirm or change it."),
        }

    @api.depends("partner_id", "check_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for finding in self:
            # sudo: the name of a check
            check = finding.check_id.sudo().name
            finding.display_name = f"{finding.partner_id.display_name}: {check}"

    # -- from faults ----------------------------------------------------------------------

    @api.model
    def _prepare(self, customer, fault, details, check, as_of):
        """Values of a new finding; of a field that is masked no value is kept."""
        model = self._model_of(details)
        field = self.env["ir.model.fields"]._get(model, fault.field or "id")
        treated = {
            (row.model, row.field)
            for row in self.env["customer.sensitive.field"]._in_force()
        }
        if (model, fault.field) in treated:
            details = _without_values(details)
        return {
            "partner_id": customer,
            "check_id": check.id,
            "field_name": fault.field,
            "field_id": field.id if fault.field else False,
            "key": fault.key,
            "details": details,
            "points": (check.weight * fault.share + 50) // 100,
            "found_on": as_of,
            "seen_on": as_of,
            "due_date": fields.Date.add(as_of, days=check.due_days),
        }

    @api.model
    def _model_of(self, details):
        return "res.partner.bank" if details.get("subject") == "bank" else "res.partner"


def _without_values(details):
    """What stays of details when nobody may read the value in them."""
    hidden = dict(details)
    for name in ("before", "after"):
        if hidden.get(name):
            hidden[name] = mask(hidden[name], 4)
    params = hidden.get("params")
    if params:
        hidden["params"] = {
            key: mask(value, 4) if key in ("value", "meant") and value else value
            for key, value in params.items()
        }
    return hidden
