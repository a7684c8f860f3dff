from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import ormcache, str2bool

from ..engine.masking import VISIBLE
from .customer_vault_rotation import ADMINISTRATOR
from .sensitive_values import is_masked_field, masked_class

SWITCH = "customer_ar_suite.masking"
MASKABLE = ("char", "text")


class Treatment(NamedTuple):
    """One row as the code asks for it; groups are ids."""

    model: str
    field: str
    sealed: bool
    visible: int
    digest: bool
    unmask_groups: frozenset
    clear_groups: frozenset


class MaskRule(NamedTuple):
    """How one field is masked for one user."""

    visible: int
    may_unmask: bool
    until: dict  # record id → when the mask comes back

    def is_unmasked(self, id_):
        """Whether this record is unmasked for him at this moment."""
        end = self.until.get(id_)
        return end is not None and end > fields.Datetime.now()


class CustomerSensitiveField(models.Model):
    """Which field is encrypted, which masked, for whom, and which is left clear, and why.

    Masks are off until the switch in the settings is turned on; what is encrypted is always
    masked as well. A row holds for the database: a field has one treatment in all companies.
    """

    _name = "customer.sensitive.field"
    _description = "Sensitive Field"
    _order = "treatment, field_id, id"
    _rec_name = "field_label"

    field_id = fields.Many2one(
        "ir.model.fields",
        string="Odoo Field",
        required=True,
        ondelete="cascade",
        domain=[("ttype", "in", MASKABLE), ("model_id.transient", "=", False)],
    )
    model_label = fields.Char(related="field_id.model_id.name", string="Kind of Record")
    field_label = fields.Char(related="field_id.field_description", string="Field")
    treatment = fields.Selection(
        [("encrypt", "Encrypted"), ("mask", "Masked"), ("none", "Left Clear")],
        required=True,
        default="mask",
        help="Encrypted: unreadable in the database and in backups, masked on screen. "
        "Masked: Odoo itself searches and prints it, people see its last characters.",
    )
    visible = fields.Integer(
        string="Characters Shown",
        default=VISIBLE,
        help="How many of the last characters a mask shows; at most four, and never more "
        "than a quarter of the value.",
    )
    digest = fields.Boolean(
        string="Exact Search",
        help="Keeps a keyed digest, by which those who may unmask find a record by its whole "
        "value while they see the mask.",
    )
    unmask_group_ids = fields.Many2many(
        "res.groups",
        "customer_sensitive_field_unmask_rel",
        string="May Unmask",
        help="Their members see the value for some minutes after they have given a reason, "
        "which is logged.",
    )
    clear_group_ids = fields.Many2many(
        "res.groups",
        "customer_sensitive_field_clear_rel",
        string="Always See It",
        help="Only for work that needs the value all day; nothing is logged.",
    )
    reason = fields.Text(string="Why", translate=True)
    active = fields.Boolean(default=True)
    effect = fields.Selection(
        [
            ("encrypted", "Encrypted and masked"),
            ("masked", "Masked"),
            ("waits", "Waits for the switch in the settings"),
            ("off", "Off"),
            ("clear", "Left clear"),
        ],
        string="State",
        compute="_compute_effect",
    )
    value_count = fields.Integer(string="Values Kept", compute="_compute_value_count")

    _field_uniq = models.Constraint("UNIQUE(field_id)", "This field has a row already.")
    _visible_check = models.Constraint(
        "CHECK(visible BETWEEN 0 AND 4)", "A mask shows at most four characters."
    )

    @api.depends("treatment", "active")
    def _compute_effect(self):
        masking = self._masking_is_on()
        for row in self:
            effect = {"encrypt": "encrypted", "none": "clear"}.get(row.treatment)
            if not effect and row.active:
                effect = "masked" if masking else "waits"
            row.effect = effect or "off"

    @api.depends("field_id")
    def _compute_value_count(self):
        # sudo: a count per field is all that is told
        counts = {
            (model, name): count
            for model, name, count in self.env["customer.vault.entry"]
            .sudo()
            ._read_group([], ["model", "field"], ["__count"])
        }
        for row in self:
            row.value_count = counts.get((row.field_id.model, row.field_id.name), 0)

    @api.constrains("field_id", "treatment", "active", "digest")
    def _check_treatment(self):
        for row in self:
            field = row._field()
            if field is None or field.type not in MASKABLE:
                raise ValidationError(
                    self.env._(
                        "Only text can be masked: %(name)s.", name=row.field_label
                    )
                )
            sealed = _is_sealed(self.env, field)
            if sealed != (row.treatment == "encrypt") or (sealed and not row.active):
                raise ValidationError(
                    self.env._(
                        "%(name)s: whether a field is encrypted is decided where it is "
                        "made. Encrypted fields stay so; of others choose “Masked” or "
                        "“Left Clear”.",
                        name=row.field_label,
                    )
                )
            if row.treatment == "mask" and not (field.store and field.column_type):
                raise ValidationError(
                    self.env._(
                        "%(name)s is computed from other fields: mask those.",
                        name=row.field_label,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["ar.identity.rule"]._demand("policy")
        rows = super().create(vals_list)
        rows._changed()
        return rows

    def write(self, vals):
        self.env["ar.identity.rule"]._demand("policy")
        result = super().write(vals)
        self._changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_not_encrypted(self):
        if any(row.treatment == "encrypt" for row in self):
            raise UserError(
                self.env._("The row of an encrypted field cannot be deleted.")
            )

    def unlink(self):
        self.env["ar.identity.rule"]._demand("policy")
        result = super().unlink()
        self._changed()
        return result

    def _changed(self):
        """Every process of the server has to learn it."""
        self.env.registry.clear_cache("stable")
        if self.env.registry.ready:
            self.env["customer.audit.entry"]._ar_log("sensitive.change", self.exists())
        if any(not is_masked_field(row._field()) for row in self.exists()):
            # other processes take up the class of the field when they load their models
            self.env.registry.registry_invalidated = True
            self._mask_classes()

    def _field(self):
        model = self.env.get(self.field_id.model)
        return None if model is None else model._fields.get(self.field_id.name)

    def _register_hook(self):
        super()._register_hook()
        self._mask_classes()

    def _mask_classes(self):
        """Give every field that has a row the class that masks it."""
        # sudo: reads which fields there are, when the server starts
        for row in self.sudo().with_context(active_test=False).search([]):
            field = row._field()
            if field is not None and not is_masked_field(field):
                field.__class__ = masked_class(type(field))

    # -- what holds for whom --------------------------------------------------------------

    @api.model
    def _masking_is_on(self):
        # sudo: one switch, read by everybody's screens
        value = self.env["ir.config_parameter"].sudo().get_param(SWITCH)
        return str2bool(value or "0", False)

    def action_turn_on(self):
        """Mask the fields of the list for everybody who need not know them."""
        self._check_administrator()
        self._set_masking(True)

    def action_turn_off(self):
        """Show the fields of the list to everybody again; encrypted ones stay masked."""
        self._check_administrator()
        self.env["ar.identity.rule"]._demand("policy")
        self._set_masking(False)

    @api.model
    def _check_administrator(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only administrators turn masks on and off."))

    @api.model
    def _set_masking(self, on):
        # sudo: the caller was checked; administrators of the suite are not Odoo's
        self.env["ir.config_parameter"].sudo().set_param(SWITCH, "1" if on else "0")
        rows = self.search([("treatment", "=", "mask")])
        self.env["customer.audit.entry"]._ar_log("masking.switch", rows, {"on": on})
        self.env.invalidate_all()
        if on and not self.env["customer.vault"]._trouble():
            self.env["customer.vault.rotation"]._rotate()

    @api.model
    @ormcache(cache="stable")
    def _treatments(self):
        """What the rows say, for code that asks for every value it shows."""
        # sudo: the rules of masking hold for who may not read them
        rows = self.sudo().search([("treatment", "!=", "none")])
        return tuple(
            Treatment(
                row.field_id.model,
                row.field_id.name,
                row.treatment == "encrypt",
                row.visible,
                row.digest,
                frozenset(row.unmask_group_ids.ids),
                frozenset(row.clear_group_ids.ids),
            )
            for row in rows
        )

    @api.model
    def _in_force(self):
        masking = self._masking_is_on()
        return [row for row in self._treatments() if row.sealed or masking]

    @api.model
    def _rules_of_user(self):
        """{(model, field): MaskRule} of what is masked for the user, however he asks.

        Odoo itself sees everything, and portal visitors see what Odoo's rules let them see:
        their own.
        """
        user = self.env.user
        if self.env.uid == SUPERUSER_ID or user.share:
            return {}
        groups = user._get_group_ids()
        key = ("ar_mask_rules", self.env.uid, groups, self._masking_is_on())
        known = self.env.cr.cache.get(key)
        treatments = self._treatments()
        if known is None or known[0] is not treatments:
            known = (treatments, self._load_rules(frozenset(groups)))
            self.env.cr.cache[key] = known
        return known[1]

    @api.model
    def _load_rules(self, groups):
        rows = [row for row in self._in_force() if not row.clear_groups & groups]
        until = {}
        if any(row.unmask_groups & groups for row in rows):
            until = self.env["customer.unmask"]._until_by_field()
        return {
            (row.model, row.field): MaskRule(
                row.visible,
                bool(row.unmask_groups & groups),
                until.get((row.model, row.field), {}),
            )
            for row in rows
        }

    @api.model
    def _rules_for_all(self):
        """Masks for what everybody can read, such as messages."""
        return {
            (row.model, row.field): MaskRule(row.visible, False, {})
            for row in self._in_force()
        }

    @api.model
    def _forget_rules(self):
        """Within this transaction: load the rules of users anew."""
        cache = self.env.cr.cache
        for key in [key for key in cache if key[:1] == ("ar_mask_rules",)]:
            del cache[key]

    @api.model
    def _digest_names(self, model):
        """Fields of ``model`` that Odoo keeps readable and that have a search digest."""
        return [
            row.field
            for row in self._in_force()
            if row.model == model and row.digest and not row.sealed
        ]


def _is_sealed(env, field):
    vault = env.registry["customer.vault.mixin"]
    model = env.registry[field.model_name]
    return issubclass(model, vault) and callable(field.inverse)
