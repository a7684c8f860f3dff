import functools
import re
from collections import namedtuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.ledger import named
from .ar_ledger.columns import array

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_FACTS = ("id", "name", "lang", "vat", "ref", "parent_id", "state_id", "country_id")


class ArStatement(models.Model):
    """Names and postal addresses of many customers with few questions.

    Core's ``_display_address`` gives the same lines, partner by partner; for a thousand
    customers it takes longer than all their figures.
    """

    _inherit = "ar.statement"

    def _load_mailing(self, partner_ids):
        """Name, numbers and address parts by customer; those the user may see.

        :rtype: dict[int, tuple] named by the columns
        """
        domain = _among("id", partner_ids)
        rows = self._partner_rows(domain, "complete_name, id", active=False)
        return {row.id: row for row in rows}

    def _load_invoice_contacts(self, partner_ids):
        """The same of the first contact for invoices, by the customer it belongs to."""
        domain = _among("parent_id", partner_ids) & Domain("type", "=", "invoice")
        return {row.parent_id: row for row in self._partner_rows(domain, "id desc")}

    def _partner_rows(self, domain, order, active=True):
        """Columns of partners as named tuples, filtered by the user's record rules."""
        partners = self.env["res.partner"]
        kind = _row_type(*_FACTS, *partners._formatting_address_fields())
        query = partners._search(domain, order=order, active_test=active)
        columns = [
            partners._field_to_sql(partners._table, name, query)
            for name in kind._fields
        ]
        return named(kind, self.env.execute_query(query.select(*columns)))

    def _address_writer(self, language, country_ids, state_ids):
        """Function from the row of a partner to the lines of its address.

        Lines stand as the partner's country writes them, the country's name in
        ``language``. All of these countries and states are read at once.
        """
        partners = self.env["res.partner"]
        countries = self.env["res.country"].with_context(lang=language)
        countries.browse(filter(None, country_ids)).fetch(
            ["code", "name", "address_format"]
        )
        states = self.env["res.country.state"]
        states.browse(filter(None, state_ids)).fetch(["code", "name"])
        plain = partners._get_default_address_format()

        @functools.cache
        def form_of(country_id, state_id):
            country = countries.browse(country_id)
            state = states.browse(state_id)
            place = {
                "country_code": country.code,
                "country_name": country.name,
                "state_code": state.code,
                "state_name": state.name,
            }
            return _form(country.address_format or plain, place)

        def lines(row):
            form, names = form_of(row.country_id, row.state_id)
            written = form % tuple([getattr(row, name, "") or "" for name in names])
            return tuple(
                [line for part in written.splitlines() if (line := part.strip())]
            )

        return lines


@functools.cache
def _row_type(*names):
    return namedtuple("PartnerRow", dict.fromkeys(names))


def _among(name, ids):
    """The same as ``name in ids``; a thousand values are one constant."""
    return Domain.custom(
        to_sql=lambda _model, alias, _query: SQL(
            "%s = ANY(%s)", SQL.identifier(alias, name), array(ids)
        )
    )


def _form(address_format, place):
    """A country's format with the names of the place filled in, and what is left to fill.

    >>> _form("%(street)s\\n%(zip)s %(country_name)s", {"country_name": "100 % Utopia"})
    ('%s\\n%s 100 %% Utopia', ['street', 'zip'])
    """
    names = []

    def fill(match):
        name = match[1]
        if name in place:
            return (place[name] or "").replace("%", "%%")
        names.append(name)
        return "%s"

    return _PLACEHOLDER.sub(fill, address_format), names
