from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.merge.plan import ADD, KEEP, OWN, FieldRow
from .sensitive_values import UNAVAILABLE

TYPES = (
    "char", "text", "html", "selection", "boolean", "date", "datetime", "integer",
    "float", "monetary", "many2one",
)  # fmt: skip
#: decided by the merge itself, derived, or technical
LEFT_OUT = frozenset(
    {
        "id", "active", "parent_id", "company_id", "create_uid", "create_date", "write_uid",
        "write_date", "color", "message_bounce", "signup_type", "employee", "type",
        "ar_approval_state", "ar_erased_on", "ar_is_restricted", "partner_latitude",
        "partner_longitude", "is_company", "tz",
    }
)  # fmt: skip
ADDED = frozenset({"customer_rank", "supplier_rank"})
#: kept encrypted in a table of its own
SEALED = frozenset({"ar_identity_number", "ar_private_note"})
#: they say who somebody is: if they differ, they may be two customers
IDENTITY = ("vat", "company_registry", "ar_identity_number")


class CustomerMergeField(models.Model):
    """A field in which the customers differ, and whose value wins.

    The values are read from the customers when the list is shown, with the eyes of who looks:
    nothing of a customer is kept here.
    """

    _name = "customer.merge.field"
    _description = "Value of a Merge"
    _inherit = ["ar.partner.rule.mixin"]
    _ar_partner_path = "merge_id.survivor_id"
    _order = "is_different desc, sequence, id"
    _rec_name = "field_name"

    merge_id = fields.Many2one(
        "customer.merge", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="merge_id.company_id", store=True)
    sequence = fields.Integer(readonly=True)
    field_name = fields.Char(string="Technical Name", required=True, readonly=True)
    label = fields.Char(string="Field", compute="_compute_texts")
    survivor_text = fields.Char(
        string="Customer to Keep Says", compute="_compute_texts"
    )
    other_text = fields.Char(string="The Others Say", compute="_compute_texts")
    winner_id = fields.Many2one(
        "res.partner",
        string="Whose Value Counts",
        required=True,
        ondelete="cascade",
        context={"active_test": False},
    )
    is_different = fields.Boolean(
        string="Value Given Up",
        readonly=True,
        help="Somebody else has another value, which stays with the archived customer.",
    )
    is_chosen = fields.Boolean(string="Chosen by Hand", readonly=True)
    is_guarded = fields.Boolean(
        string="Needs a Change Request",
        readonly=True,
        help="The field is guarded: the value arrives once the change request is approved.",
    )
    takes_other = fields.Boolean(compute="_compute_texts")
    winner_text = fields.Char(string="Result", compute="_compute_texts")

    @api.depends("winner_id", "field_name", "merge_id.survivor_id")
    @api.depends_context("lang", "uid", "company")
    def _compute_texts(self):
        described = self.env["res.partner"].fields_get(
            self.mapped("field_name"), ["string", "selection"]
        )
        for line in self:
            keep, name = line.merge_id.survivor_id, line.field_name
            info = described.get(name, {})
            line.label = info.get("string", name)
            texts = {one: _shown(one, name, info) for one in line.merge_id._cluster()}
            others = {one: texts[one] for one in texts if one != keep}
            line.survivor_text = texts.get(keep) or ""
            line.other_text = " | ".join(
                f"{text} ({one.display_name})" if len(others) > 1 else text
                for one, text in others.items()
                if text
            )
            line.takes_other = line.winner_id != keep
            line.winner_text = texts.get(line.winner_id) or ""

    # -- writing --------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()

    def write(self, vals):
        """Whose value counts, as long as the merge is being prepared."""
        if set(vals) != {"winner_id"}:
            self._refuse()
        self.check_access("write")
        for line in self:
            line.merge_id._demand_state("draft", "checked")
            if vals.get("winner_id") not in line.merge_id._cluster().ids:
                raise UserError(self.env._("Choose one of the customers of the merge."))
        guarded = self.env["res.partner"]._ar_guarded_fields()
        for line in self:
            keep = line.merge_id.survivor_id.id
            line._set(
                **vals,
                is_chosen=True,
                is_guarded=line.field_name in guarded and vals["winner_id"] != keep,
            )
        return True

    def action_switch(self):
        """The next customer's value counts."""
        self.check_access("write")
        for line in self:
            holders = line.merge_id._cluster().ids
            position = (
                holders.index(line.winner_id.id) if line.winner_id.id in holders else -1
            )
            line.write({"winner_id": holders[(position + 1) % len(holders)]})
        return True

    def _refuse(self):
        raise AccessError(
            self.env._("The values to choose from are listed by the dry run.")
        )

    def _insert(self, vals_list):
        # below the locked door
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _set(self, **vals):
        # below the locked door
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # -- what may be chosen ---------------------------------------------------------------

    @api.model
    def _names(self):
        """Fields of customers that hold a value of their own."""
        partners = self.env["res.partner"]
        mirrors = self.env["customer.dimension"].sudo()  # sudo: names of columns only
        mirrored = {
            one._column_name()
            for one in mirrors.with_context(active_test=False).search([])
        }
        return [
            name
            for name, field in partners._fields.items()
            if field.type in TYPES
            and name not in LEFT_OUT | mirrored
            and (field.store or field.company_dependent or name in SEALED)
            and not (field.compute and field.readonly)
            and not field.related
            and not field.inherited
        ]

    @api.model
    def _rows(self, cluster):
        """What the engine compares: values as text, of the current company.

        Values are compared as they are, whoever looks; what he is shown is another matter.
        """
        # sudo: compared, not shown
        known = cluster.sudo()
        return [
            FieldRow(
                name,
                _rule(known._fields[name], name),
                {one.id: _plain(one, name) for one in known},
            )
            for name in self._names()
        ]


def _rule(field, name):
    if name in ADDED:
        return ADD
    return OWN if field.type == "boolean" else KEEP


def _plain(record, name):
    value = record[name]
    field = record._fields[name]
    if field.type == "many2one":
        return str(value.id) if value else ""
    # what cannot be opened now is neither compared nor taken over
    return str(value) if value and value != UNAVAILABLE else ""


def _shown(record, name, info):
    """A value as the user's screens show it; nothing if he may not read the field."""
    if not record._has_field_access(record._fields[name], "read"):
        return ""
    value = record[name]
    if isinstance(value, models.BaseModel):
        # sudo: the name of what a readable field points to
        return value.sudo().display_name or ""
    if value is True:
        return record.env._("Yes")
    options = dict(info.get("selection") or ())
    return str(options.get(value, value)) if value else ""
