from collections import defaultdict
from typing import NamedTuple

from odoo import api, models

from ..engine.approval import diff, strictest
from ..engine.money import to_minor
from .customer_change_policy import BAND_DIGITS, BANKS
from .sensitive_values import clear_values

LEGAL_NAME = (
    "name"  # of a contact person it is no legal name; of a new customer no change
)
STRUCTURE = ("parent_id", "is_company")  # by these a customer takes another's values


class HeldChange(NamedTuple):
    """One change that awaits approval; ``bank_id`` where a bank account is meant."""

    field: str
    old: object
    new: object
    guard: object
    bank_id: int | bool = False


class CustomerChangeMixin(models.AbstractModel):
    """Catches writes to guarded fields of customers and turns them into requests.

    Which fields are guarded is data (``customer.change.policy``); without a policy
    everything is written at once. Users' writes are diverted, whatever the route: form,
    list, import, RPC, other addons. What the system does by itself (``sudo``) goes through
    and is logged, unless a portal visitor is behind it. No context key is asked.
    """

    _name = "customer.change.mixin"
    _description = "Guarded Fields"

    # -- who and what ---------------------------------------------------------------------

    @api.model
    def _ar_guards(self):
        return self.env["customer.change.policy"]._guards()

    def _ar_guarded_fields(self):
        """Names of the fields that must not be written without approval."""
        return frozenset(guard.field for guard in self._ar_guards()) - {BANKS}

    @api.model
    def _ar_is_guarded_user(self):
        """Users are; the system is not, but for what it does for guests."""
        return not self.env.su or self.env.user.share

    def _ar_guard_of(self, name, old=None, new=None):
        """The policy that a change of this record's field falls under."""
        field = self._fields[name]
        # a field all companies share is guarded by the policies of all that see the record
        company = self.env.company if field.company_dependent else self.company_id
        amounts = None
        if field.type in ("float", "monetary"):
            amounts = [to_minor(value or 0, BAND_DIGITS) for value in (old, new)]
        return strictest(self._ar_guards(), name, company.ids or None, amounts)

    def _ar_plain(self, name, *given):
        return plain_value(self, name, *given)

    # -- what a write would change --------------------------------------------------------

    def _ar_held_changes(self, vals):
        """{record id: [HeldChange]} of what ``vals`` would change under a policy."""
        names = self._ar_guarded_fields() & vals.keys()
        moved = not vals.keys().isdisjoint(STRUCTURE) and self._ar_guards()
        held = {}
        if not names and not moved:
            return held
        # sudo: compares values, shows nothing
        for partner in self.sudo():
            before = {name: partner._ar_plain(name) for name in names}
            after = {name: partner._ar_plain(name, vals[name]) for name in names}
            changes = [
                HeldChange(*change, guard)
                for change in diff(before, after)
                if not partner._ar_is_synced(change.field, change.new)
                and (guard := partner._ar_guard_of(*change))
            ]
            changes += partner._ar_structure_changes(vals) if moved else []
            if changes:
                held[partner.id] = changes
        return held

    def _ar_is_synced(self, name, new):
        """Contacts: their own names are free, and so is what their company already has."""
        customer = self.commercial_partner_id
        if customer == self:
            return False
        return name == LEGAL_NAME or (
            name in self._commercial_fields() and customer._ar_plain(name) == new
        )

    def _ar_structure_changes(self, vals):
        """A customer with approved values does not take another's by becoming its contact."""
        wanted = {name: vals[name] for name in STRUCTURE if name in vals}
        parent = wanted.get("parent_id", self.parent_id.id)
        stays = wanted.get("is_company", self.is_company) or not parent
        if self.commercial_partner_id != self or stays:
            return []
        own = sorted(
            name
            for name in self._ar_guarded_fields() & set(self._commercial_fields())
            if self[name]
        )
        guards = [g for name in own if (g := self._ar_guard_of(name, self[name]))]
        if not guards:
            return []
        return [
            HeldChange(name, old, new, guards[0])
            for name, value in wanted.items()
            if (old := self._ar_plain(name)) != (new := self._ar_plain(name, value))
        ]

    # -- diverting ------------------------------------------------------------------------

    def _ar_split(self, vals):
        """[(records, what they may get at once)], and the changes held back."""
        allowed = {
            name: value for name, value in vals.items() if self._ar_may_ask(name)
        }
        held = self._ar_held_changes(allowed)
        groups = defaultdict(list)
        for partner in self:
            names = frozenset(change.field for change in held.get(partner.id, ()))
            groups[names].append(partner.id)
        return [
            (self.browse(ids), {n: v for n, v in vals.items() if n not in names})
            for names, ids in groups.items()
        ], held

    def _ar_may_ask(self, name):
        """What a user may not write he cannot ask for: the ORM refuses it, as always."""
        field = self._fields.get(name)
        return bool(field) and self._has_field_access(field, "write")

    def _ar_write_guarded(self, vals):
        """Write the free part of ``vals``; return the part that awaits approval."""
        held = self._ar_split(vals)[1] if self._ar_is_guarded_user() else {}
        self.write(vals)
        names = {change.field for changes in held.values() for change in changes}
        return {name: vals[name] for name in vals if name in names}

    def _ar_divert_values(self, name, values):
        """Of {record id: value} of one field, those that may be written at once."""
        if name not in self._ar_guarded_fields() or not self._ar_is_guarded_user():
            return values
        held = {}
        for partner in self.browse(values):
            held |= partner._ar_held_changes({name: values[partner.id]})
        self._ar_request(held)
        return {id_: value for id_, value in values.items() if id_ not in held}

    def _ar_request(self, held):
        if held:
            self.env["customer.change.request"]._submit(
                [(self.browse(id_), changes) for id_, changes in held.items()]
            )

    def _ar_log_direct(self, held):
        """The system wrote guarded fields without a request."""
        self.env["customer.audit.entry"]._ar_log(
            "guarded.write",
            self.browse(held),
            None,
            {
                id_: {change.field: [change.old, change.new] for change in changes}
                for id_, changes in held.items()
            },
        )

    # -- creating -------------------------------------------------------------------------

    def _ar_split_create(self, vals_list):
        """(what is created at once, what is asked for), one each per record."""
        names = [n for n in sorted(self._ar_guarded_fields()) if self._ar_may_ask(n)]
        base = {name: self._ar_baseline(name) for name in names}
        defaults = {
            name: value
            for name, value in self.default_get(names).items()
            if self._ar_plain(name, value) != self._ar_plain(name, base[name])
        }
        free, wanted = [], []
        for vals in vals_list:
            given = {
                name: value
                for name, value in {**defaults, **vals}.items()
                if name in base
                and name != LEGAL_NAME
                and self._ar_needs_approval(name, base[name], value, vals)
            }
            wanted.append(given)
            free.append({**vals, **{name: base[name] for name in given}})
        return free, wanted

    def _ar_baseline(self, name):
        """What a new record has in this field if nobody says anything."""
        field = self._fields[name]
        if not field.company_dependent:
            return False
        fallback = field.get_company_dependent_fallback(self)
        return field.convert_to_write(fallback, self)

    def _ar_needs_approval(self, name, base, value, vals):
        old, new = self._ar_plain(name, base), self._ar_plain(name, value)
        field = self._fields[name]
        amounts = None
        if field.type in ("float", "monetary"):
            amounts = [to_minor(amount or 0, BAND_DIGITS) for amount in (old, new)]
        company = self.env.company.ids if field.company_dependent else None
        if vals.get("company_id") and not field.company_dependent:
            company = [vals["company_id"]]
        return old != new and strictest(self._ar_guards(), name, company, amounts)


def plain_value(record, name, *given):
    """A value, the record's own or a given one, as JSON keeps it."""
    field = record._fields[name]
    # clear: compared and kept; the request shows masks to those who do not decide
    with clear_values():
        value = record[name]
    if given:
        cached = field.convert_to_cache(given[0], record, validate=False)
        value = field.convert_to_record(cached, record)
    if field.type == "many2one":
        return value.id or False
    if field.type in ("float", "monetary"):
        value = round(value or 0.0, 6)
    if field.type == "date":
        value = value.isoformat() if value else False
    return value or False  # one emptiness for all: JSON columns know no other
