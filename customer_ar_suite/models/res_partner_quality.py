import hashlib

from odoo import api, fields, models
from odoo.models import LOG_ACCESS_COLUMNS

from ..engine.correction import propose
from ..engine.validation.base import BANK
from .customer_change_policy import TYPES
from .res_partner_dimensions import COLUMN_PREFIX

#: partner field -> kind of its corrections; the name's depends on who it is
KINDS = {
    "ref": "code", "vat": "tax_id", "company_registry": "code", "email": "email",
    "phone": "phone", "website": "text", "function": "text", "street": "address",
    "street2": "address", "city": "place", "zip": "code",
}  # fmt: skip


class ResPartner(models.Model):
    """What the form says while somebody types: what breaks a rule, what could be corrected.

    Nothing is written by it: a correction that is accepted changes the form, and is saved
    with it or not at all.
    """

    _inherit = "res.partner"

    ar_quality = fields.Json(
        string="Checks and Corrections",
        compute="_compute_ar_quality",
        groups="base.group_user",
    )
    ar_refused_corrections = fields.Json(
        string="Refused Corrections",
        copy=False,
        groups="base.group_user",
        help="Fingerprints of values that somebody wants as they are.",
    )

    @api.model
    def _ar_quality_fields(self):
        """The fields that people fill: whatever a rule or a correction can be about."""
        return [
            name
            for name, field in self._fields.items()
            if field.type in TYPES
            and (field.store or field.company_dependent)
            and not field.compute
            and not field.related
            and name not in LOG_ACCESS_COLUMNS
            # columns come and go with their dimensions
            and not name.startswith(COLUMN_PREFIX)
            and not field.manual
        ]

    @api.depends(
        lambda self: [
            *self._ar_quality_fields(),
            "ar_refused_corrections",
            "bank_ids.acc_number",
        ]
    )
    @api.depends_context("uid", "company", "lang")
    def _compute_ar_quality(self):
        for partner in self:
            found = partner._ar_shown_findings()
            corrections = partner._ar_shown_corrections()
            partner.ar_quality = (found or corrections) and {
                "findings": found,
                "corrections": corrections,
            }

    # -- findings -------------------------------------------------------------------------

    def _ar_shown_findings(self):
        """Findings of the rules of the company, worst first, in the reader's language."""
        rules = self.env["customer.validation.rule"]
        company = self.company_id or self.env.company
        # sudo: whom a rule is for
        if company.ar_validation_level == "off" or rules._is_exempt(self.sudo()):
            return []
        if not (self._origin or self.name):
            return []  # nothing has been entered yet
        found = [(self, f) for f in self._ar_findings(company)]
        found += [
            (bank, finding)
            for bank in self.bank_ids
            for finding in rules._ar_check_values([{}], company, BANK, [bank])[0]
        ]
        found.sort(key=lambda pair: not pair[1].blocks)
        return [
            {
                "field": finding.field if record == self else "bank_ids",
                "severity": finding.severity,
                "text": rules._finding_text(finding),
            }
            for record, finding in found
        ]

    def _ar_findings(self, company):
        rules = self.env["customer.validation.rule"]
        return rules._ar_check_values(
            [{}],
            company,
            rules._subject_of(self.sudo(), {}),  # sudo: whom a rule is for
            [self],
        )[0]

    # -- corrections ----------------------------------------------------------------------

    def _ar_shown_corrections(self):
        """Proposals with what accepting them would put into the form."""
        company = self.company_id or self.env.company
        if not company.ar_propose_corrections:
            return []
        reasons = self._ar_correction_kinds()
        return [
            {
                "field": name,
                "label": self._fields[name]._description_string(self.env),
                "before": before,
                "after": after,
                "why": ", ".join(reasons[kind] for kind in kinds),
                "changes": self._ar_form_values(changes),
                "token": refusal_token(name, before),
            }
            for name, before, after, kinds, changes in self._ar_propose()
            if not self._ar_is_refused(name, before)
        ]

    @api.model
    def _ar_correctable(self):
        """The fields about which this user may be shown proposals."""
        rules = self.env["customer.validation.rule"]
        return {
            name
            for name in ("name", *KINDS)
            if not rules._is_hidden("res.partner", name)
        }

    def _ar_propose(self, names=None):
        """[(field, before, after, kinds, values to write)] of one customer or contact.

        :param names: the fields to look at: those whose values the user sees
        """
        names = self._ar_correctable() if names is None else names
        kinds = {"name": "company" if self.is_company else "person", **KINDS}
        kinds = {name: kind for name, kind in kinds.items() if name in names}
        values = {name: self[name] for name in kinds if self[name]}
        country = self.country_id.code or self._ar_home_country()
        found = [
            (one.field, one.before, one.after, one.kinds, {one.field: one.after})
            for one in propose(values, kinds, country)
        ]
        if "street" in names and (address := self._ar_propose_address(country)):
            before, after, changes = address
            found = [one for one in found if one[0] != "street"]
            found.append(("street", before, after, ("address",), changes))
        return found

    def _ar_home_country(self):
        """Numbers without a country are read as those of the company's."""
        company = self.company_id or self.env.company
        return company.country_id.code or ""

    @api.model
    def _ar_form_values(self, changes):
        """Values as the web client keeps them."""
        return {
            name: {
                "id": value,
                "display_name": self.env["res.country.state"]
                .browse(value)
                .display_name,
            }
            if name == "state_id"
            else value
            for name, value in changes.items()
        }

    def _ar_is_refused(self, name, before):
        refused = self.ar_refused_corrections or {}
        return refused.get(name) == refusal_token(name, before)

    @api.model
    def _ar_correction_kinds(self):
        """Why something is proposed, by kind of change."""
        return {
            "spaces": self.env._("spaces"),
            "width": self.env._("full-width characters"),
            "punctuation": self.env._("punctuation"),
            "case": self.env._("capital letters"),
            "legal_form": self.env._("legal form"),
            "phone": self.env._("international form of the number"),
            "email": self.env._("plain e-mail address"),
            "tax_id": self.env._("plain tax ID"),
            "slip": self.env._("one wrong character explains the check character"),
            "date": self.env._("date in ISO form"),
            "address": self.env._("address in its parts"),
        }


def refusal_token(name, value):
    """Recognises a value that was left as it is, and tells nothing of it."""
    return hashlib.sha256(f"{name}\0{value}".encode()).hexdigest()[:4]
