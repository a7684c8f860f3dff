"""Who is in the books already? One search for the form, files and the worklist."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, split_every

from ..engine.duplicates.bound import Bound
from ..engine.duplicates.identity import Customer, identity
from ..engine.duplicates.keys import COMMON, keys
from ..engine.duplicates.score import Reason, compare
from .customer_duplicate_index import by_value

#: field of the score -> the fields of Odoo that may be masked for the one who asks
MASKED = {
    "phone": (("res.partner", "phone"), ("res.partner", "phone_sanitized")),
    "account": (
        ("res.partner.bank", "acc_number"),
        ("res.partner.bank", "sanitized_acc_number"),
    ),
}
#: rows compared at a time: bounds memory, not the result
_CHUNK = 2_000
#: candidates looked at for one row, those that share most keys first
_BEST = 40
#: rows up to which names are also looked for by their trigrams
_BY_NAME = 50
#: (value, customers that have it) of the values asked for; common ones tell nothing. One by
#: one, as soon as a value is seen to be common the next follows
_KNOWN_OF_FEW = """
SELECT asked.value, few.ids
  FROM probe asked
 CROSS JOIN LATERAL (
       SELECT array_agg(partner_id) AS ids FROM (
              SELECT partner_id FROM customer_duplicate_key
               WHERE value = asked.value LIMIT %(common)s + 1) k) few
 WHERE cardinality(few.ids) <= %(common)s
"""
#: the same for thousands of values: PostgreSQL may read all keys once instead
_KNOWN = """
SELECT value, array_agg(partner_id) AS ids
  FROM customer_duplicate_key JOIN probe USING (value)
 GROUP BY value HAVING count(*) <= %(common)s
"""
#: what tells of a customer the asker may not see: numbers he must know to ask for them
TELLING = frozenset(("tax_id_same", "account_same"))


class Match(NamedTuple):
    """A customer who may be the one asked for.

    ``partner_id`` is 0 if the asker may not see him (``is_hidden``); then nothing is told but
    which identifying number is the same.
    """

    partner_id: int
    score: float  #: 0 to 100
    is_likely: bool  #: from the company's threshold on; else one number is shared
    is_exact: bool  #: an identifying number or address is the same
    reasons: tuple[Reason, ...]
    is_hidden: bool = False


class CustomerDuplicateFinder(models.AbstractModel):
    """Finds customers that may be one; ``customer_duplicate_file`` does within a file.

    Works with the rights of the user: what he may not see is not told, what is masked for
    him counts neither for nor against.
    """

    _name = "customer.duplicate.finder"
    _description = "Search for Duplicates"

    @api.model
    def _customer(self, key, values):
        """A row in the form in which it is compared.

        :param values: fields of contacts by name (``country`` and ``state`` as codes),
            ``accounts`` a list of numbers, ``born`` a day; what is missing does not count
        """

        def text(name):
            return str(values.get(name) or "")

        return Customer(
            key,
            text("name"),
            tuple(filter(None, (text("vat"), text("company_registry")))),
            text("ref"),
            tuple(filter(None, values.get("accounts") or ())),
            tuple(filter(None, (text("phone"), *(values.get("phones") or ())))),
            tuple(filter(None, (text("email"), *(values.get("emails") or ())))),
            f"{text('street')} {text('street2')}".strip(),
            text("city"),
            text("zip"),
            text("state"),
            text("country"),
            text("born"),
        )

    @api.model
    def _find(self, rows, company=None):
        """Customers in the books that may be those of ``rows``, best first.

        :param rows: ``Customer`` of the engine, see :meth:`_customer`; keys are the caller's.
            A key that is the negative id of a customer stands for that record itself
        :param company: whose customers; the current one's and shared ones by default
        :rtype: dict[int, list[Match]]
        """
        self.env["customer.duplicate.index"]._refresh_pending()
        company = company or self.env.company
        hidden = self._hidden_fields()
        found = {}
        for chunk in split_every(_CHUNK, rows, list):
            keyed = self._keyed(chunk, hidden)
            found |= self._find_chunk(keyed, company, hidden)
        return found

    @api.model
    def _keyed(self, rows, hidden):
        """{row: (its comparable form, its keys)}: what costs most, done once per row."""
        secret = self.env["customer.duplicate.index"]._secret()
        forms = {row.key: identity(without(row, hidden)) for row in rows}
        return {key: (form, keys(form, secret)) for key, form in forms.items()}

    @api.model
    def _find_chunk(self, keyed, company, hidden):
        asked = {row: form for row, (form, _keys) in keyed.items()}
        candidates = self._candidates(keyed, company)
        others = self._load_others({id_ for ids in candidates.values() for id_ in ids})
        seen = set(
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("id", "in", list(others))])
            .ids
        )
        points = self.env["customer.duplicate.weight"]._points()
        bound = Bound(points, company.ar_duplicate_threshold, hidden)
        settled = self.env["customer.duplicate.pair"]._settled(
            [-key for key in asked if key < 0]
        )
        found = {}
        for key, ids in candidates.items():
            matches = [
                self._match(asked[key], others[id_], points, hidden, company, seen)
                for id_ in ids
                if id_ in others
                and id_ != -key
                and frozenset((-key, id_)) not in settled
                and bound.may_reach(asked[key], others[id_])
            ]
            found[key] = sorted(filter(None, matches), key=_best_first)
        return found

    @api.model
    def _match(self, one, other, points, hidden, company, seen):
        likeness = compare(one, other, points, hidden)
        is_likely = likeness.score >= company.ar_duplicate_threshold
        if not is_likely and not likeness.is_exact:
            return None
        if other.key in seen:
            return Match(
                other.key,
                likeness.score,
                is_likely,
                likeness.is_exact,
                likeness.reasons,
            )
        told = tuple(
            reason._replace(other="")
            for reason in likeness.reasons
            if reason.code in TELLING
        )
        return Match(0, 0.0, True, True, told, True) if told else None

    # -- candidates ----------------------------------------------------------------------

    @api.model
    def _candidates(self, keyed, company):
        """{row: customers that share keys with it, those with most first}."""
        query = SQL(
            """SELECT value, nums::int[] FROM unnest(%s::int[], %s::text[])
                   AS t(value, nums)""",
            *by_value(keyed),
        )
        are_few = len(keyed) <= _BY_NAME
        found = self._candidates_of(query, company, are_few=are_few)
        if are_few and self.env.registry.has_trigram:
            asked = {row: form for row, (form, _keys) in keyed.items()}
            for row, ids in self._candidates_by_name(asked, company).items():
                known = found.setdefault(row, [])
                known += [id_ for id_ in ids if id_ not in known]
        return found

    @api.model
    def _candidates_of(self, probes, company, after=None, are_few=False):
        """The same for a query of (value, nums): each value once, with those who have it."""
        known = SQL(_KNOWN, common=COMMON)
        if are_few:
            known = SQL(_KNOWN_OF_FEW, common=COMMON)
        rows = self.env.execute_query(
            SQL(
                """
                WITH probe AS MATERIALIZED (%(probes)s),
                known AS MATERIALIZED (%(known)s),
                shared AS (
                    SELECT asked.num, value, holder.partner_id
                      FROM probe JOIN known USING (value)
                     CROSS JOIN unnest(probe.nums) AS asked(num)
                     CROSS JOIN unnest(known.ids) AS holder(partner_id))
                SELECT num, array_agg(partner_id ORDER BY place) FROM (
                    SELECT shared.num, shared.partner_id, row_number() OVER (
                             PARTITION BY shared.num
                             ORDER BY max(shared.value & 1) DESC, count(*) DESC,
                                      shared.partner_id) AS place
                      FROM shared
                      JOIN res_partner p ON p.id = shared.partner_id
                     WHERE %(after)s
                       AND (p.company_id IS NULL OR p.company_id = %(company)s)
                     GROUP BY shared.num, shared.partner_id
                    HAVING max(shared.value & 1) = 1 OR count(*) > 1) best
                 WHERE place <= %(best)s GROUP BY num
                """,
                probes=probes,
                known=known,
                after=after or SQL("TRUE"),
                company=company.id,
                best=_BEST,
            )
        )
        return dict(rows)

    @api.model
    def _candidates_by_name(self, asked, company):
        """Names with slips in every word, which keys may miss; for a few rows."""
        named = [(row, one.name) for row, one in asked.items() if len(one.name) > 3]
        if not named:
            return {}
        rows, names = (list(column) for column in zip(*named, strict=True))
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT probe.num, array_agg(DISTINCT near.partner_id)
                      FROM unnest(%s::int[], %s::text[]) AS probe(num, name)
                     CROSS JOIN LATERAL (
                           SELECT i.partner_id FROM customer_duplicate_index i
                             JOIN res_partner p ON p.id = i.partner_id
                            WHERE i.name_key %% probe.name
                              AND similarity(i.name_key, probe.name) >= 0.5
                              AND (p.company_id IS NULL OR p.company_id = %s)
                            ORDER BY similarity(i.name_key, probe.name) DESC, i.partner_id
                            LIMIT 10) near
                     GROUP BY probe.num
                    """,
                    rows,
                    names,
                    company.id,
                )
            )
        )

    @api.model
    def _load_others(self, partner_ids):
        """{id: identity} of customers; their values stay in the server."""
        loaded = self.env["customer.duplicate.index"]._load(sorted(partner_ids))
        return {customer.key: identity(customer) for customer, _fingerprint in loaded}

    @api.model
    def _hidden_fields(self):
        """Fields the user may not ask for, because their values are masked for him.

        Who may unmask a value may find a customer by it; nobody else learns by guessing.
        """
        if self.env.su:
            return frozenset()
        rules = self.env["customer.sensitive.field"]._rules_of_user()
        return frozenset(
            field
            for field, names in MASKED.items()
            if any((rule := rules.get(name)) and not rule.may_unmask for name in names)
        )


def without(row, hidden):
    """The row without what must not be looked for."""
    if "phone" in hidden:
        row = row._replace(phones=())
    return row._replace(accounts=()) if "account" in hidden else row


def _best_first(match):
    return (not match.is_likely, -match.score, match.partner_id)
