from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from .customer_audit_trigger import Relation, Table

#: types of fields whose column holds one value
TYPES = (
    "boolean", "char", "date", "datetime", "float", "html", "integer", "many2one",
    "many2one_reference", "monetary", "reference", "selection", "text", "json",
)  # fmt: skip


class CustomerAuditPolicy(models.Model):
    """Of which records the audit log keeps every change, and which fields.

    The changes are recorded by the database itself (``customer_audit_trigger``): forms,
    imports, merges, cascades, other addons and hand-written SQL leave the same entry, and
    nothing a client sends can prevent it. Shipped switched off.
    """

    _name = "customer.audit.policy"
    _description = "Audit Policy"
    _order = "sequence, id"
    _rec_name = "model_id"

    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        "ir.model",
        string="Records",
        required=True,
        ondelete="cascade",
        domain=[("transient", "=", False), ("abstract", "=", False)],
    )
    model = fields.Char(related="model_id.model", string="Technical Name")
    field_ids = fields.Many2many(
        "ir.model.fields",
        "customer_audit_policy_field_rel",
        string="Logged Fields",
        domain="[('model_id', '=', model_id), ('store', '=', True),"
        " ('ttype', 'not in', ('one2many', 'binary', 'properties'))]",
        help="A change of any of these fields is logged with its old and new value.",
    )
    field_labels = fields.Char(string="Fields Logged", compute="_compute_field_labels")
    hidden_field_ids = fields.Many2many(
        "ir.model.fields",
        "customer_audit_policy_hidden_rel",
        string="Logged as Digest",
        domain="[('id', 'in', field_ids)]",
        help="The log shows that the field changed. Of the values it keeps a salted digest, "
        "with which a value one knows can be checked.",
    )
    is_create = fields.Boolean(string="New Records", default=True)
    is_write = fields.Boolean(string="Changes", default=True)
    is_delete = fields.Boolean(string="Deletions", default=True)
    is_export = fields.Boolean(
        string="Exports",
        help="Exports of lists of these records are logged: who, how many, which fields.",
    )
    active = fields.Boolean(default=True)
    is_recording = fields.Boolean(
        string="Recording",
        compute="_compute_is_recording",
        help="Whether the database records the changes at this moment.",
    )

    _model_uniq = models.Constraint(
        "UNIQUE(model_id)", "There is a policy for these records already."
    )

    @api.depends("field_ids")
    @api.depends_context("lang")
    def _compute_field_labels(self):
        for policy in self:
            names = policy.field_ids.mapped("field_description")
            policy.field_labels = ", ".join(names)

    @api.depends("active")
    def _compute_is_recording(self):
        installed = self._installed()
        for policy in self:
            tables = policy._tables()
            policy.is_recording = policy.active and all(
                installed.get(table.name) == table.fingerprint() for table in tables
            )

    @api.constrains("model_id", "field_ids", "hidden_field_ids")
    def _check_fields(self):
        for policy in self:
            model = self.env.get(policy.model)
            if model is None or (policy.field_ids and not _is_table(model)):
                # a report has no records of its own, but lists of it can be exported
                raise ValidationError(
                    self.env._(
                        "%(model)s: changes of these records cannot be logged, only "
                        "exports.",
                        model=policy.model_id.name,
                    )
                )
            if model._name.startswith("customer.audit."):
                raise ValidationError(self.env._("The audit log does not log itself."))
            policy._check_columns(model)

    def _check_columns(self, model):
        for logged in self.field_ids:
            field = model._fields.get(logged.name)
            if field is None or not (_is_column(field) or _is_relation(field)):
                raise ValidationError(
                    self.env._(
                        "%(field)s: the database does not keep this field in one place, so "
                        "its changes cannot be logged.",
                        field=logged.display_name,
                    )
                )
        if self.hidden_field_ids - self.field_ids:
            raise ValidationError(
                self.env._(
                    "%(model)s: only logged fields can be logged as digest.",
                    model=self.model_id.name,
                )
            )

    # -- what the database is to record ---------------------------------------------------

    def _tables(self, without=()):
        """The tables to watch for these policies."""
        found = []
        for policy in self:
            model = self.env.get(policy.model)
            if model is None or not _is_table(model):
                continue
            logged = policy.field_ids - self.env["ir.model.fields"].browse(without)
            hidden = set(policy.hidden_field_ids.mapped("name"))
            names = sorted(logged.mapped("name"))
            known = [model._fields[name] for name in names if name in model._fields]
            operations = tuple(
                name
                for name, wanted in (
                    ("insert", policy.is_create),
                    ("update", policy.is_write),
                    ("delete", policy.is_delete),
                )
                if wanted
            )
            columns = [field.name for field in known if _is_column(field)]
            if columns and operations:
                found.append(Table.of(model, columns, hidden, operations))
            if policy.is_write:
                found += [Relation.of(f) for f in known if _is_relation(f)]
        return found

    @api.model
    def _own_tables(self):
        """What is recorded whatever the policies say: the policies themselves."""
        columns = [
            "active", "is_create", "is_delete", "is_export", "is_write", "model_id",
        ]  # fmt: skip
        relations = ("field_ids", "hidden_field_ids")
        return [
            Table.of(self, columns, set(), ("insert", "update", "delete")),
            *[Relation.of(self._fields[name]) for name in relations],
        ]

    @api.model
    def _current(self):
        # sudo: who writes a record need not know the policies. Archived ones do not count,
        # whatever a client says in its context
        return self.sudo().search([("active", "=", True)])

    @api.model
    def _record(self, without=()):
        """Let the database record what the policies say, no more and no less."""
        if self._is_leaving():
            return
        self._install(self._own_tables() + self._current()._tables(without))
        self.env.registry.clear_cache("stable")

    @api.model
    def _is_leaving(self):
        """Whether the suite is being uninstalled, and nothing is to be recorded any more."""
        # sudo: the state of a module is no secret
        modules = self.env["ir.module.module"].sudo()
        return bool(
            modules.search_count(
                [("name", "=", "customer_ar_suite"), ("state", "=", "to remove")],
                limit=1,
            )
        )

    @api.model
    @ormcache(cache="stable")
    def _watched(self):
        """{model: (relations, deletes, exports)} of what needs a word from the ORM.

        The database knows by the columns of a row who wrote it. It has to be told who
        changes relations (the fields that do), and who deletes; and exports it cannot see.
        """
        found = {}
        for policy in self._current() if self.env.registry.ready else self:
            model = self.env.get(policy.model)
            if model is None:
                continue
            names = set(policy.field_ids.mapped("name"))
            relations = [
                field
                for field in map(model._fields.get, names)
                if field is not None and _is_relation(field)
            ]
            tables = {field.relation for field in relations}
            for name, fields_ in self._fields_of(tables).items():
                found.setdefault(name, [set(), False, False])[0].update(fields_)
            others = {self.env[field.comodel_name] for field in relations}
            for name in self._cascade_from(model, *others):
                found.setdefault(name, [set(), False, False])[1] = True
            if policy.is_export:
                found.setdefault(policy.model, [set(), False, False])[2] = True
        for name in (self._name, "ir.model", "ir.model.fields"):
            found.setdefault(name, [set(), False, False])[1] = True
        found[self._name][0].update(("field_ids", "hidden_field_ids"))
        return {name: tuple(watched) for name, watched in found.items()}

    def _fields_of(self, tables):
        """{model: fields} of all many2many fields kept in these tables."""
        found = {}
        for (
            table,
            *_columns,
        ), fields_ in self.env.registry.many2many_relations.items():
            if table in tables:
                for model, name in fields_:
                    found.setdefault(model, set()).add(name)
        return found

    def _cascade_from(self, *models_):
        """Models whose deletion deletes records of these in the database."""
        found, todo = set(), list(models_)
        while todo:
            current = todo.pop()
            if current._name in found:
                continue
            found.add(current._name)
            todo += [
                self.env[field.comodel_name]
                for field in current._fields.values()
                if field.type == "many2one"
                and field.store
                and field.ondelete == "cascade"
            ]
        return found

    # -- upkeep ---------------------------------------------------------------------------

    def _register_hook(self):
        """After an update, or after somebody switched the recording off in the database."""
        super()._register_hook()
        self._record()

    @api.model_create_multi
    def create(self, vals_list):
        self.env["ar.identity.rule"]._demand("policy")
        policies = super().create(vals_list)
        self._record_changed()
        return policies

    def write(self, vals):
        self.env["ar.identity.rule"]._demand("policy")
        result = super().write(vals)
        self._record_changed()
        return result

    def unlink(self):
        self.env["ar.identity.rule"]._demand("policy")
        result = super().unlink()
        self._record_changed()
        return result

    def _record_changed(self):
        self.env.flush_all()
        if self.env.registry.ready:
            self._record()

    def action_recommended(self):
        """Switch on the set of policies that is shipped."""
        self.check_access("write")
        policies = self.with_context(active_test=False).search(
            Domain("active", "=", False) & Domain("id", "in", list(self._shipped()))
        )
        policies.active = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _shipped(self):
        # sudo: which records came with the suite is no secret
        data = self.env["ir.model.data"].sudo()
        return data.search(
            [("module", "=", "customer_ar_suite"), ("model", "=", self._name)]
        ).mapped("res_id")

    def action_record_again(self):
        """Put the recording back in order."""
        self.check_access("write")
        self._record()
        self.invalidate_recordset(["is_recording"])
        if not all(policy.is_recording for policy in self.filtered("active")):
            raise UserError(
                self.env._("The database refuses to record. Ask its administrator.")
            )
        return True


def _is_table(model):
    return model._auto and not model._abstract and not model._transient


def _is_column(field):
    return bool(
        field.store
        and field.column_type
        and field.type in TYPES
        and not field.name.startswith(("create_", "write_"))
    )


def _is_relation(field):
    return bool(field.type == "many2many" and field.store and field.relation)
