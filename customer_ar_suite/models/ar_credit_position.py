import operator as op
from decimal import Decimal

from odoo import api, fields, models

from ..engine.exposure import Ceiling, Parts, position
from ..engine.money import from_minor, to_minor

COMPARISONS = {
    "=": op.eq,
    "!=": op.ne,
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
    "in": lambda figure, values: figure in values,
}
#: figures of an exposure as fields: component of the engine → field
PART_FIELDS = {name: f"{name}_amount" for name in Parts._fields}


class ArCreditProfile(models.Model):
    """Where a customer stands: figures that are true when they are looked at."""

    _inherit = "ar.credit.profile"

    def _positions(self, today):
        """{profile: (Parts, Position, exposure row or None)}, one question for all."""
        ledger = self.env["ar.ledger"]
        rows = ledger._exposures(today, self.partner_id.ids, self.company_id.ids)
        allowed = self._ceilings(today)
        found = {}
        for profile in self:
            row = rows.get(
                (profile.partner_id._origin.id, profile.company_id._origin.id)
            )
            parts = row.parts if row else Parts()
            found[profile] = (parts, position(parts, allowed[profile]), row)
        return found

    def _ceilings(self, today):
        """{profile: Ceiling} in company currency; each profile is converted once."""
        granted, covers = self._granted(today), self._covered(today)
        ceilings = {}
        for profile in self:
            limit, digits = profile.limit_amount, profile.currency_id.decimal_places
            if not limit:
                ceilings[profile] = Ceiling()
                continue
            shares = [
                to_minor(limit, digits),
                granted.get(profile._origin.id, 0),
                covers.get(profile._origin.id, 0),
            ]
            ceilings[profile] = Ceiling(*profile._to_company(shares, today))
        return ceilings

    def _to_company(self, amounts, today):
        """Minor units of the limit's currency as those of the company's."""
        own, target = self.currency_id, self.company_id.currency_id
        if own == target:
            return amounts
        # sudo: rates are no secret
        rate = own.sudo()._get_conversion_rate(own, target, self.company_id, today)
        return [
            to_minor(
                from_minor(amount, own.decimal_places) * _exact(rate),
                target.decimal_places,
            )
            for amount in amounts
        ]

    def _granted(self, today):
        """{profile id: temporary limits in force, minor units}."""
        return self._sums(
            "ar.credit.temporary.limit",
            [
                ("state", "=", "approved"),
                ("valid_from", "<=", today),
                ("valid_to", ">=", today),
            ],
            "amount",
        )

    def _covered(self, today):
        """{profile id: cover in force, minor units}."""
        return self._sums(
            "ar.credit.cover",
            [
                ("valid_from", "<=", today),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", today),
            ],
            "covered_amount",
        )

    def _sums(self, model, domain, field):
        # sudo: parts of a figure of profiles the reader may see
        groups = (
            self.env[model]
            .sudo()
            ._read_group(
                [("profile_id", "in", self._origin.ids), *domain],
                ["profile_id"],
                [f"{field}:sum"],
            )
        )
        return {
            profile.id: to_minor(total, profile.currency_id.decimal_places)
            for profile, total in groups
        }

    @api.depends(
        "partner_id", "company_id", "limit_amount", "currency_id", "cover_ids.amount"
    )
    def _compute_exposure(self):
        """Of profiles being entered, too: those of the customer they are for."""
        today = fields.Date.context_today(self)
        ready = self.filtered(lambda one: one.partner_id and one.company_id)
        positions = ready._positions(today)
        for profile in self:
            parts, where, row = positions.get(
                profile, (Parts(), position(Parts(), Ceiling()), None)
            )
            digits = profile.company_id.currency_id.decimal_places
            profile.exposure_amount = from_minor(where.exposure, digits)
            profile.allowed_amount = from_minor(where.allowed or 0, digits)
            profile.headroom_amount = from_minor(where.headroom or 0, digits)
            profile.used_percent = where.used_percent
            for component, amount in zip(Parts._fields, parts, strict=True):
                profile[PART_FIELDS[component]] = from_minor(amount, digits)
            profile.overdue_amount = from_minor(row.overdue if row else 0, digits)
            profile.oldest_due_date = row.oldest_due if row else False

    @api.depends("temporary_limit_ids.state", "cover_ids.amount")
    def _compute_ceiling(self):
        today = fields.Date.context_today(self)
        granted, covers = self._granted(today), self._covered(today)
        for profile in self:
            digits = profile.currency_id.decimal_places
            profile.temporary_amount = from_minor(
                granted.get(profile._origin.id, 0), digits
            )
            profile.cover_amount = from_minor(covers.get(profile._origin.id, 0), digits)

    @api.depends("valid_from", "valid_to", "limit_amount")
    @api.depends_context("tz")
    def _compute_limit_state(self):
        today = fields.Date.context_today(self)
        for profile in self:
            if not profile.limit_amount:
                profile.limit_state = "none"
            elif profile.valid_to and profile.valid_to < today:
                profile.limit_state = "expired"
            elif profile.valid_from and profile.valid_from > today:
                profile.limit_state = "early"
            else:
                profile.limit_state = "valid"

    @api.depends("partner_id", "company_id")
    def _compute_terms(self):
        for company, profiles in self.grouped("company_id").items():
            for profile in profiles:
                partner = profile.partner_id.with_company(company)
                profile.payment_term_id = partner.property_payment_term_id
                profile.trust = partner.trust

    @api.depends("is_on_hold", "hold_reason", "hold_by_id", "hold_since")
    @api.depends_context("lang", "tz")
    def _compute_hold_text(self):
        for profile in self:
            profile.hold_text = profile.is_on_hold and self.env._(
                "On hold since %(day)s by %(user)s: %(reason)s",
                day=fields.Date.to_string(
                    fields.Datetime.context_timestamp(profile, profile.hold_since)
                ),
                # sudo: the name of a colleague
                user=profile.hold_by_id.sudo().name,
                reason=profile.hold_reason,
            )

    # -- searching by live figures --------------------------------------------------------

    def _search_exposure_amount(self, operator, value):
        return self._search_figure("exposure_amount", operator, value)

    def _search_headroom_amount(self, operator, value):
        return self._search_figure("headroom_amount", operator, value)

    def _search_used_percent(self, operator, value):
        return self._search_figure("used_percent", operator, value)

    def _search_figure(self, name, operator, value):
        """Profiles whose figure of today compares so; those without a limit have none."""
        compare = COMPARISONS.get(operator)
        if not compare:
            return NotImplemented
        profiles = self.search([])
        if name != "exposure_amount":
            profiles = profiles.filtered("limit_amount")
        return [
            ("id", "in", profiles.filtered(lambda one: compare(one[name], value)).ids)
        ]

    def _search_limit_state(self, operator, values):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        profiles = self.search(
            [
                "|",
                ("limit_amount", "=", 0),
                "|",
                ("valid_to", "<", today),
                ("valid_from", ">", today),
            ]
        )
        found = profiles.filtered(lambda one: one.limit_state in values)
        if "valid" not in values:
            return [("id", "in", found.ids)]
        return [("id", "not in", (profiles - found).ids)]


def _exact(rate):
    """A rate as the decimal it is written as."""
    return Decimal(repr(rate))
