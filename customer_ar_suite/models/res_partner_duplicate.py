from markupsafe import Markup

from odoo import api, fields, models

from ..engine.duplicates.score import LEVELS
from .customer_duplicate_finder import MASKED

ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"
SUITE_USERS = "customer_ar_suite.customer_ar_suite_group_user"
#: customers shown on the form; more do not help to decide
SHOWN = 5


class ResPartner(models.Model):
    """Who may be the same customer, shown while one is entered."""

    _inherit = "res.partner"

    ar_duplicate_warning = fields.Html(
        string="Possible Duplicates",
        compute="_compute_ar_duplicate_warning",
        sanitize=False,
        exportable=False,
        groups=SUITE_USERS,
    )

    ar_has_duplicate_warning = fields.Boolean(
        compute="_compute_ar_has_duplicate_warning",
        help="The suite speaks of duplicates above the form; Odoo's own line is not needed.",
    )

    @api.depends("ar_duplicate_warning")
    @api.depends_context("uid", "company")
    def _compute_ar_has_duplicate_warning(self):
        is_reader = self.env.user.has_group(SUITE_USERS)
        for partner in self:
            partner.ar_has_duplicate_warning = bool(
                is_reader and partner.ar_duplicate_warning
            )

    @api.depends(
        "name",
        "vat",
        "company_registry",
        "ref",
        "phone",
        "email",
        "street",
        "street2",
        "city",
        "zip",
        "state_id",
        "country_id",
        "parent_id",
        "is_company",
        "company_id",
        "bank_ids.acc_number",
    )
    @api.depends_context("uid", "company", "lang")
    def _compute_ar_duplicate_warning(self):
        self.ar_duplicate_warning = False
        asked = {}
        for number, partner in enumerate(self, 1):
            company = partner.company_id or self.env.company
            if company.ar_duplicate_banner and partner._ar_is_customer_form():
                key = -partner._origin.id or number
                asked.setdefault(company, {})[key] = partner
        for company, partners in asked.items():
            found = self.env["customer.duplicate.finder"]._find(
                [partner._ar_as_row(key) for key, partner in partners.items()], company
            )
            for key, matches in found.items():
                partners[key].ar_duplicate_warning = self._ar_show_matches(matches)

    def _ar_is_customer_form(self):
        """Contacts of a customer are looked for with him, colleagues not at all."""
        if self.parent_id and not self.is_company:
            return False
        own = self._origin
        return bool(self.name) and not (own and own._ar_is_never_masked())

    def _ar_as_row(self, key):
        """This record as it stands on the form, in the form in which it is compared."""
        return self.env["customer.duplicate.finder"]._customer(
            key,
            {
                **{
                    name: self[name]
                    for name in (
                        "name", "vat", "company_registry", "ref", "phone", "email",
                        "street", "street2", "city", "zip",
                    )
                },
                "accounts": self.bank_ids.mapped("acc_number"),
                "state": self.state_id.code,
                "country": self.country_id.code,
            },
        )  # fmt: skip

    @api.model
    def _ar_show_matches(self, matches):
        """The matches as the form shows them, best first."""
        if not matches:
            return False
        items = Markup("").join(self._ar_show_match(match) for match in matches[:SHOWN])
        if len(matches) > SHOWN:
            more = self.env._("… and %(count)s more", count=len(matches) - SHOWN)
            items += Markup("<li>%s</li>") % more
        return Markup("<ul class='mb-0 ps-3'>%s</ul>") % items

    @api.model
    def _ar_show_match(self, match):
        if match.is_hidden:
            return Markup("<li>%s</li>") % self._ar_hidden_sentence(match)
        partner = self.browse(match.partner_id)
        reasons = self.env["customer.duplicate.weight"]._sentences(match.reasons)
        said = self.env._("; ").join(reasons[:4])
        if not partner.active:
            said = self.env._("archived; %(reasons)s", reasons=said)
        sure = (
            Markup("<b>%s</b>") % round(match.score)
            if match.is_likely
            else Markup("<span class='text-muted'>%s</span>") % round(match.score)
        )
        return Markup(
            "<li><a href='/odoo/res.partner/%s' target='_blank'>%s</a> · %s · "
            "<span class='small'>%s</span></li>"
        ) % (partner.id, partner.display_name, sure, said)

    @api.model
    def _ar_hidden_sentence(self, match):
        """That there is one, and whom to ask: no name, no value of his."""
        # sudo: names of administrators, who are the ones to ask
        group = self.env.ref(ADMINISTRATOR).sudo()
        people = group.all_user_ids.filtered(
            lambda user: user.active and not user.share
        )
        names = self.env._(", ").join(people.sorted("id")[:3].mapped("name"))
        reasons = self.env["customer.duplicate.weight"]._sentences(match.reasons)
        return self.env._(
            "A customer you have not been granted: %(reasons)s. Ask %(names)s.",
            reasons=self.env._("; ").join(reasons),
            names=names or self.env._("an administrator"),
        )


class CustomerDuplicateWeight(models.Model):
    _inherit = "customer.duplicate.weight"

    @api.model
    def _sentences(self, reasons):
        """What speaks for one customer, strongest first, with the value it rests on."""
        names, masked = dict(self._selection_code()), self._masked_fields()
        said = []
        for reason in sorted(reasons, key=lambda one: -one.points):
            if reason.points > 0:
                is_masked = LEVELS[reason.code].field in masked
                shown = "" if is_masked else reason.other or reason.one
                name = names[reason.code]
                said.append(f"{name} ({shown})" if shown else name)
        return said

    @api.model
    def _explain(self, reasons):
        """Every reason with both values and its points, weightiest first.

        :return: what speaks for one customer, what speaks against it
        """
        names, masked = dict(self._selection_code()), self._masked_fields()
        said = ([], [])
        for reason in sorted(reasons, key=lambda one: -abs(one.points)):
            values = dict.fromkeys((reason.one, reason.other))
            if LEVELS[reason.code].field in masked:
                values = {}
            shown = " / ".join(filter(None, values))
            text = ", ".join(filter(None, (shown, f"{reason.points:+g}")))
            said[reason.points < 0].append(f"{names[reason.code]} ({text})")
        return said

    @api.model
    def _masked_fields(self):
        """Fields of the score whose values the user sees masked."""
        if self.env.su:
            return frozenset()
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        return frozenset(
            field
            for field, names in MASKED.items()
            if not rules.keys().isdisjoint(names)
        )
