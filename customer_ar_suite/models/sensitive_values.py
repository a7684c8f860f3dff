"""How a field shows its value to those who need not know it: the lowest layer of masking.

``masked_class`` makes the class of every field that a row of ``customer.sensitive.field``
names. It sits where each route ends, form, list, export,
onchange, report or another addon's code: reading the attribute of a record, and turning the
field into SQL for a condition, an order or a group. The cache holds the value as it is.

What decides is the user and the rows of ``customer.sensitive.field``; never the context,
which the client sends. ``sudo()`` sees the value: it is how the system itself works. A
function that runs with a user's rights and needs the value for its work, not for show,
says so with ``clear_values()``.
"""

import functools
from contextlib import contextmanager
from contextvars import ContextVar

from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine.masking import is_masked, mask

CLEAR, MASK = "clear", "mask"
#: operators of a question for the exact value; the ORM makes ``in`` of ``=``
EXACT = ("in", "not in")
#: in the cache instead of what cannot be opened; a NUL never comes from a user
UNAVAILABLE = "\0unavailable"

_zone = ContextVar("ar_sensitive_zone", default=None)
_typed = ContextVar("ar_sensitive_typed", default=frozenset())


@contextmanager
def _set(variable, value):
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def clear_values():
    """Within: values as they are. For work that shows nothing; say why where it is used."""
    return _set(_zone, CLEAR)


def masked_values():
    """Within: masks for everybody, for what is written where all can read it."""
    return _set(_zone, MASK)


def shown_values():
    """Within: as the user's screens show them, whoever asks around it."""
    return _set(_zone, None)


def typed_values(model, names):
    """Within: of new records of ``model`` these fields hold what the user just typed."""
    return _set(_typed, frozenset((model, name) for name in names))


@functools.cache
def masked_class(base):
    """The class of fields that are ``base``, and show only what the user may know.

    A field that exists takes it up, so it adds nothing to the layout of ``base``; a mixin
    beside it would.
    """

    class Masked(base):
        is_ar_masked = True

        def __get__(self, record, owner=None):
            value = super().__get__(record, owner)
            return value if record is None or not value else _shown(self, record, value)

        def to_sql(self, model, alias):
            if _rule(self, model):
                raise AccessError(_no_search(self, model))
            return super().to_sql(model, alias)

        def condition_to_sql(self, expression, operator, value, model, alias, query):
            def plain(name, wanted):
                return super(Masked, self).condition_to_sql(
                    expression, name, wanted, model, alias, query
                )

            if rule := _rule(self, model):
                return _exact_condition(
                    self, rule, operator, value, model, alias, plain
                )
            return plain(operator, value)

        def write(self, records, value):
            _refuse_mask(self, records, value)
            return super().write(records, value)

        def convert_to_column_insert(self, value, record, values=None, validate=True):
            _refuse_mask(self, record, value)
            return super().convert_to_column_insert(value, record, values, validate)

    Masked.__name__ = Masked.__qualname__ = f"Masked{base.__name__}"
    return Masked


def is_masked_field(field):
    """Whether ``field`` has taken up the class that masks."""
    return getattr(field, "is_ar_masked", False)


def _exact_condition(field, rule, operator, value, model, alias, plain):
    """Whether it is filled in, and for who may unmask the exact value; nothing else."""
    wanted = [item for item in value if item] if operator in EXACT else None
    if wanted is None or (wanted and not rule.may_unmask):
        raise AccessError(_no_search(field, model))
    found = SQL("FALSE")
    if len(wanted) < len(value):
        # clear: that there is a value is no secret
        with clear_values():
            found = plain("in", [False])
    if wanted:
        found = SQL(
            "(%s OR %s IN %s)",
            found,
            SQL.identifier(alias, "id"),
            model.env["customer.vault.entry"]._ids_with_digest(
                field.model_name, field.name, wanted
            ),
        )
    return found if operator == "in" else SQL("(%s) IS NOT TRUE", found)


def _rule(field, model):
    """How ``field`` is masked for the user of ``model``; none: he may know the value."""
    zone = _zone.get()
    # the field object may serve another database, which does not have the suite
    if zone == CLEAR or "customer.sensitive.field" not in model.env.registry:
        return None
    rows = model.env["customer.sensitive.field"]
    key = (field.model_name, field.name)
    if zone == MASK:
        return rows._rules_for_all().get(key)
    return None if model.env.su else rows._rules_of_user().get(key)


def _shown(field, record, value):
    if value == UNAVAILABLE:
        return record.env._("Unavailable: the key is missing")
    rule = _rule(field, record)
    if not rule or is_masked(value):
        return value
    if not record.id:  # being entered: what the user typed he may see
        typed = (record._name, field.name) in _typed.get()
        if typed or not record._origin:
            return value
    stored = record._origin
    if rule.is_unmasked(stored.id) or stored._ar_is_never_masked():
        return value
    return mask(value, rule.visible)


def _refuse_mask(field, records, value):
    """A mask written back is not a value: refused, what is stored stays."""
    is_form = records and not any(records._ids)  # shows masks itself, stores nothing
    if (
        is_masked(value)
        and not is_form
        and "customer.sensitive.field" in records.env.registry
    ):
        label = field.get_description(records.env, ["string"])["string"]
        raise UserError(
            records.env._(
                "%(field)s: “%(value)s” is a mask, not a value. What is stored stays as it "
                "is; unmask it first, or enter the whole value.",
                field=label,
                value=value.strip()[:16],
            )
        )


def _no_search(field, model):
    label = field.get_description(model.env, ["string"])["string"]
    return model.env._(
        "%(field)s is masked for you: it cannot be searched, sorted or grouped. Those who may "
        "unmask it find a record by the whole value.",
        field=label,
    )
