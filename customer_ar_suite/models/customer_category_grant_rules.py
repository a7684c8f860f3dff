"""The record rules of category grants: for which models, and what they say.

One definition for all models; the rules in the database only name it. They are global, so
that no rule of a group can open again what a grant closes, and say nothing for users
without grants.
"""

from collections import defaultdict
from functools import partial
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, Query, ormcache

from .account_grants_items import items_open_sql

MODULE = "customer_ar_suite"
EXPRESSION = "user._ar_grant_domain({model!r}, {mode!r}, company_ids)"
#: mode of a rule → operations it holds for, rights it asks for
MODES = {
    "see": (("read",), ("see",)),
    "edit": (("write", "create", "unlink"), ("see", "edit")),
}
#: models of Odoo → ways to the customers; the others are found by their partner_id
PATHS = {
    "account.partial.reconcile": (
        "debit_move_id.partner_id",
        "credit_move_id.partner_id",
    ),
}
#: models whose records are about a record of any model: (field of its model, of its id)
REFERENCES = {"customer.audit.entry": ("model", "res_id")}
#: point to people of ours, or derive their rights from the record they hang on
LEFT_TO_ODOO = ("mail.", "discuss.", "bus.", "res.users", "res.company", "res.role")

#: what a contact is judged by, besides its categories
CONTACT = ("id", "partner_share", "commercial_partner_id", "parent_id", "is_company")


class Ruled(NamedTuple):
    """How the records of a model lead to customers."""

    paths: tuple[
        tuple[str, ...], ...
    ]  # field names; an empty path is the contact himself
    is_money: bool


class Rule(NamedTuple):
    """What a rule says for one user: plain data, kept in the cache between transactions."""

    paths: tuple[tuple[str, ...], ...]
    scopes: tuple  # ((ids of companies, scope in them), …)
    by_company: bool
    columns: tuple  # ((dimension id, column), …)
    houses: tuple[int, ...]  # the contacts that are our companies


class CustomerCategoryGrant(models.Model):
    _inherit = "customer.category.grant"

    # -- which models ------------------------------------------------------------------

    @api.model
    def _ruled_models(self):
        """model → :class:`Ruled`: contacts, and whatever leads to them."""
        found = {}
        for name in sorted(self.env.registry):
            model = self.env[name]
            if not model._abstract and not model._transient:
                if ruled := self._ruled_model(model):
                    found[name] = ruled
        return found

    @api.model
    @ormcache(cache="stable")
    def _masked_models(self):
        """Models whose names tell of a customer."""
        return frozenset(self._ruled_models())

    @api.model
    @ormcache("model_name", cache="stable")
    def _leading_fields(self, model_name):
        """Fields that decide to which customer a record belongs."""
        if model_name == "res.partner":
            return frozenset({"parent_id", "is_company"})
        model = self.env[model_name]
        ruled = (
            None if model._abstract or model._transient else self._ruled_model(model)
        )
        return frozenset(path[0] for path in ruled.paths) if ruled else frozenset()

    @api.model
    def _ruled_model(self, model):
        name = model._name
        if name == "res.partner":
            return Ruled(((),), False)
        if name in REFERENCES:
            return Ruled((), False)
        if hasattr(model, "_ar_partner_paths"):
            paths, is_money = model._ar_partner_paths(), model._ar_is_money
        elif name in PATHS or self._has_partner_column(model):
            paths, is_money = PATHS.get(name, ("partner_id",)), _has_amounts(model)
        else:
            return None
        return Ruled(tuple(tuple(path.split(".")) for path in paths), is_money)

    @api.model
    def _has_partner_column(self, model):
        field = model._fields.get("partner_id")
        return (
            field
            and field.type == "many2one"
            and field.comodel_name == "res.partner"
            and field.store
            and not model._name.startswith(LEFT_TO_ODOO)
        )

    @api.model
    def _sync_rules(self):
        """Make the rules that are missing; after installations and updates of addons."""
        # sudo: rules belong to the system, whoever installs
        data, rules = self.env["ir.model.data"].sudo(), self.env["ir.rule"].sudo()
        rows = data.search([("module", "=", MODULE), ("model", "=", "ir.rule")])
        left = set(
            rules.with_context(active_test=False)
            .search([("id", "in", rows.mapped("res_id"))])
            .ids
        )
        gone = rows.filtered(lambda row: row.res_id not in left)
        gone.unlink()  # went with the model of an addon that was removed
        wanted = {
            f"ar_grant_{name.replace('.', '_')}_{mode}": (name, mode)
            for name in self._ruled_models()
            for mode in MODES
        }
        missing = sorted(wanted.keys() - set((rows - gone).mapped("name")))
        made = rules.create([self._prepare_rule(*wanted[xmlid]) for xmlid in missing])
        data.create(
            [
                {
                    "module": MODULE,
                    "name": xmlid,
                    "model": "ir.rule",
                    "res_id": rule.id,
                    "noupdate": True,  # an update would delete what its files do not name
                }
                for xmlid, rule in zip(missing, made, strict=True)
            ]
        )

    @api.model
    def _prepare_rule(self, name, mode):
        operations, _rights = MODES[mode]
        return {
            "name": f"Category grants: {mode} {name}",
            "model_id": self.env["ir.model"]._get_id(name),
            "domain_force": EXPRESSION.format(model=name, mode=mode),
            **{
                f"perm_{operation}": operation in operations
                # a contact gets its categories after it was created (res.partner.create)
                and (name, operation) != ("res.partner", "create")
                for operation in ("read", "write", "create", "unlink")
            },
        }

    def _register_hook(self):
        super()._register_hook()
        if self.env.registry.updated_modules:
            self._sync_rules()

    # -- what they say -----------------------------------------------------------------

    @api.model
    def _rule_domain(self, uid, model_name, rights, company_ids):
        """The records of a model that grants open for ``rights``; fit for the cache."""
        if not self._load_grants(uid):
            return Domain.TRUE
        if model_name in REFERENCES:
            rules = self._reference_rules(uid, rights, company_ids)
            return Domain.custom(
                to_sql=partial(_reference_sql, REFERENCES[model_name], rules)
            )
        rule = self._rule(uid, model_name, rights, company_ids)
        if not rule:
            return Domain.TRUE
        return Domain.custom(to_sql=partial(_record_sql, rule))

    @api.model
    def _rule(self, uid, model_name, rights, company_ids):
        """The :class:`Rule` of one model; None if everything is open."""
        model = self.env[model_name]
        ruled = self._ruled_model(model)
        if not ruled:
            return None
        if ruled.is_money:
            rights = (*rights, "money")
        grouped = defaultdict(list)
        for company_id, found in self._scopes(uid, rights, company_ids).items():
            grouped[found].append(company_id)
        field = model._fields.get("company_id")
        by_company = bool(field and field.store and len(grouped) > 1)
        if () in grouped and not by_company:
            return None
        return Rule(
            ruled.paths,
            tuple((tuple(ids), found) for found, ids in grouped.items()),
            by_company,
            self._column_names(),
            self._houses(),
        )

    @api.model
    def _reference_rules(self, uid, rights, company_ids):
        """((model, its rule), …) of all tables a reference may lead to."""
        found = []
        for name in self._ruled_models():
            if name not in REFERENCES and self.env[name]._auto:
                if rule := self._rule(uid, name, rights, company_ids):
                    found.append((name, rule))
        return tuple(found)

    @api.model
    def _column_names(self):
        columns = self.env["customer.dimension"]._columns()
        return tuple((column.dimension_id, name) for name, column in columns.items())

    @api.model
    @ormcache()
    def _houses(self):
        """Our own companies and their contacts are no customers to be hidden."""
        # sudo: ids, asked on behalf of rules
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return tuple(companies.search([]).partner_id.commercial_partner_id.ids)


def _has_amounts(model):
    """Amounts of money: documents, and all statistics."""
    return not model._auto or any(
        field.type == "monetary" and field.store for field in model._fields.values()
    )


# -- SQL: one condition per record, on contacts joined to it


def _record_sql(rule, model, alias, query):
    """Condition: the record of ``alias`` leads to open customers only, or to none."""
    if not rule.by_company:
        return _paths_sql(
            rule, model, alias, query, [found for _ids, found in rule.scopes]
        )
    company = model._field_to_sql(alias, "company_id", query)
    arms = [
        SQL("(%s = ANY(%s) AND %s)", company, list(ids), condition)
        for ids, found in rule.scopes
        for condition in [_paths_sql(rule, model, alias, query, [found])]
    ]
    shared = _paths_sql(
        rule, model, alias, query, [found for _ids, found in rule.scopes]
    )
    return SQL("(%s OR (%s IS NULL AND %s))", SQL(" OR ").join(arms), company, shared)


def _reference_sql(names, rules, model, alias, query):
    """Condition: the record that is spoken of is open."""
    about, record_id = (model._field_to_sql(alias, name, query) for name in names)
    arms = [
        SQL(
            "WHEN %s THEN EXISTS (%s)",
            name,
            _subject_sql(rule, model.env[name], record_id),
        )
        for name, rule in rules
    ]
    if not arms:
        return SQL("TRUE")
    return SQL("CASE %s %s ELSE TRUE END", about, SQL(" ").join(arms))


def _subject_sql(rule, model, record_id):
    """The record of that id, if it is open."""
    query = Query(model.env, "subject", SQL.identifier(model._table))
    query.add_where(SQL("%s = %s", SQL.identifier("subject", "id"), record_id))
    query.add_where(_record_sql(rule, model, "subject", query))
    return query.select(SQL("1"))


def _paths_sql(rule, model, alias, query, scopes):
    if () in scopes:
        return SQL("TRUE")
    conditions = [
        _path_sql(rule, model, alias, query, path, scopes) for path in rule.paths
    ]
    return SQL("(%s)", SQL(" AND ").join(conditions))


def _path_sql(rule, model, alias, query, path, scopes):
    """Condition on the customer at the end of a path; records without one are open.

    A left join, which leaves the order of the rest to what was asked: the planner cannot
    begin with the contacts and so keeps the index of open items (``proven.md`` P4), looks
    contacts up one by one for a page, and hashes them for a total.
    """
    partners = model.env["res.partner"]
    if not path:
        return _contact_sql(rule, partners, partial(SQL.identifier, alias), scopes)
    contact = query.make_alias(alias, "__".join(("granted", *path)))

    def column(name):
        return SQL.identifier(contact, f"granted_{name}")

    reference = _follow_sql(model, alias, query, path)
    query.add_join(
        "LEFT JOIN",
        contact,
        _joined_sql(rule),
        SQL("%s = %s", column("id"), reference),
    )
    is_open = _contact_sql(rule, partners, column, scopes)
    condition = SQL("(%s IS NULL OR %s)", column("id"), is_open)
    if model._name != "account.move":
        return condition
    items = items_open_sql(rule, model, alias, scopes)
    return SQL("(%s AND (%s IS NOT NULL OR %s))", condition, reference, items)


def _joined_sql(rule):
    """Contacts under names of our own: SQL of others says ``company_id`` without a table."""
    names = (*CONTACT, *dict(rule.columns).values())
    columns = [
        SQL("%s AS %s", SQL.identifier(name), SQL.identifier(f"granted_{name}"))
        for name in names
    ]
    return SQL("(SELECT %s FROM res_partner)", SQL(", ").join(columns))


def _follow_sql(model, alias, query, path):
    """The id of the contact at the end of a path, by primary keys."""
    reference = model._field_to_sql(alias, path[0], query)
    for name, following in zip(path, path[1:], strict=False):
        model = model.env[model._fields[name].comodel_name]
        reference = SQL(
            "(SELECT step.%s FROM %s step WHERE step.id = %s)",
            SQL.identifier(following),
            SQL.identifier(model._table),
            reference,
            to_flush=model._fields[following],
        )
    return reference


def _contact_sql(rule, partners, column, scopes):
    """Condition on a contact, which has the categories of its commercial entity.

    Employees and our own companies are open, as in Odoo's own rule on contacts.
    """
    return SQL(
        """
        (%(share)s IS FALSE
         OR %(entity)s = ANY(%(houses)s)
         OR CASE WHEN %(parent)s IS NULL OR %(is_company)s IS TRUE THEN %(own)s
                 ELSE %(entity)s IN (SELECT entity.id FROM res_partner entity WHERE %(theirs)s)
            END)
        """,
        share=column("partner_share"),
        entity=column("commercial_partner_id"),
        parent=column("parent_id"),
        is_company=column("is_company"),
        houses=list(rule.houses),
        own=_categories_sql(rule, column, scopes),
        theirs=_categories_sql(rule, partial(SQL.identifier, "entity"), scopes),
        to_flush=[partners._fields[name] for name in CONTACT if name != "id"],
    )


def _categories_sql(rule, column, scopes):
    columns = dict(rule.columns)
    return SQL(
        "(%s)",
        SQL(" OR ").join(
            SQL(
                "(%s)",
                SQL(" AND ").join(
                    _dimension_sql(columns.get(one.dimension_id), column, one)
                    for one in found
                ),
            )
            for found in scopes
        ),
    )


def _dimension_sql(name, column, found):
    if name is None:  # the dimension has no column: nobody has a category
        return SQL("TRUE") if found.uncategorized else SQL("FALSE")
    category = column(name)
    condition = SQL("%s = ANY(%s::int[])", category, sorted(found.category_ids))
    if found.uncategorized:
        return SQL("(%s OR %s IS NULL)", condition, category)
    return condition
