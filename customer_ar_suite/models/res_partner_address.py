from odoo import api, fields, models
from odoo.tools import ormcache

from ..engine.address import Parts, compose, missing_parts, read, score
from ..engine.party_name import is_chinese
from .sensitive_values import clear_values


class ResPartner(models.Model):
    """The address in parts: province and city are Odoo's, the others are read from the street.

    Street and parts say the same. Who writes the street gets the parts; who writes a part
    gets the street; the ORM computes neither while the other is being written.
    """

    _inherit = "res.partner"

    ar_district = fields.Char(
        string="District",
        compute="_compute_ar_street_parts",
        inverse="_inverse_ar_street_parts",
        store=True,
        help="District or county, as it stands in the street line.",
    )
    ar_street_name = fields.Char(
        string="Name of the Street",
        compute="_compute_ar_street_parts",
        inverse="_inverse_ar_street_parts",
        store=True,
    )
    ar_street_number = fields.Char(
        string="House Number",
        compute="_compute_ar_street_parts",
        inverse="_inverse_ar_street_parts",
        store=True,
        help="Number with building, floor and room.",
    )
    ar_address_score = fields.Integer(
        string="Address Complete (%)",
        compute="_compute_ar_address_score",
        groups="base.group_user",
        help="Share of the parts a letter to this country needs that are there.",
    )
    ar_address_missing = fields.Char(
        string="Missing in the Address",
        compute="_compute_ar_address_score",
        groups="base.group_user",
    )

    @api.depends("street", "country_id")
    def _compute_ar_street_parts(self):
        # clear: kept beside the street, and masked where a policy masks them
        with clear_values():
            for partner in self:
                parts = read(partner.street or "", partner.country_id.code or "")
                partner.ar_district = parts.district
                partner.ar_street_name = parts.street
                partner.ar_street_number = parts.number

    def _inverse_ar_street_parts(self):
        # clear: what is not edited stays as it is
        with clear_values():
            for partner in self:
                country = partner.country_id.code or ""
                line = partner.street or ""
                parts = Parts(
                    district=partner.ar_district or "",
                    street=partner.ar_street_name or "",
                    number=partner.ar_street_number or "",
                    lead=read(line, country).lead,
                )
                partner.street = compose(parts, country, like=line) or False

    @api.depends(
        "ar_district", "ar_street_name", "ar_street_number", "street", "street2", "city",
        "zip", "state_id", "country_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_ar_address_score(self):
        names = self._ar_address_part_names()
        for partner in self:
            country = partner.country_id.code or ""
            parts = partner._ar_address_parts()
            partner.ar_address_score = score(parts, country)
            partner.ar_address_missing = ", ".join(
                names[part] for part in missing_parts(parts, country)
            )

    def _ar_address_parts(self):
        """What is known of the address, from the fields and from the street line."""
        # clear: counts what is there
        with clear_values():
            line = read(self.street or "", self.country_id.code or "")
            return Parts(
                province=self.state_id.name or line.province,
                city=self.city or line.city,
                district=self.ar_district or line.district,
                street=self.ar_street_name or line.street,
                number=self.ar_street_number or line.number,
                zip=self.zip or line.zip,
            )

    @api.model
    def _ar_address_part_names(self):
        return {
            "country": self.env._("country"),
            "province": self.env._("province or state"),
            "city": self.env._("city"),
            "district": self.env._("district"),
            "street": self.env._("street"),
            "number": self.env._("house number"),
            "zip": self.env._("postal code"),
        }

    # -- one line into its parts ----------------------------------------------------------

    @api.model
    @ormcache()
    def _ar_china_states(self):
        """{official name of a province: id of its state}."""
        # sudo: names of provinces
        states = self.env["res.country.state"].sudo()
        china = states.search([("country_id.code", "=", "CN")])
        return {state.name: state.id for state in china.with_context(lang=None)}

    def _ar_propose_address(self, country):
        """(before, after, values) of a Chinese address that stands on one line, or nothing."""
        line = self.street or ""
        if country != "CN" or not is_chinese(line):
            return None
        parts = read(line, country)
        state_id = self._ar_china_states().get(parts.province)
        other = (self.city and self.city != parts.city) or (
            self.state_id and self.state_id.id != state_id
        )
        if not parts.lead or not state_id or not parts.street or other:
            return None
        street = compose(parts._replace(lead=""), country)
        values = {"street": street, "state_id": state_id}
        if parts.city:
            values["city"] = parts.city
        if parts.zip and not self.zip:
            values["zip"] = parts.zip
        places = dict.fromkeys((parts.province, parts.city, street))
        return line, " / ".join(filter(None, places)), values
