from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.customer_file.fields import DIMENSION_PREFIX
from ..engine.customer_file.undo import (
    ARCHIVE,
    KEEP,
    Image,
    end_of,
    give_back,
    touched_since,
)
from .customer_import_apply import IMAGE
from .sensitive_values import clear_values


class CustomerImportUndoItem(models.Model):
    """One customer of an import that is taken back, and what became of it."""

    _name = "customer.import.undo.item"
    _description = "Customer of an Undone Import"
    _inherit = ["ar.run.item.mixin", "ar.partner.rule.mixin"]
    _order = "number, id"

    undo_id = fields.Many2one(
        "customer.import.undo",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="undo_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(readonly=True)
    number = fields.Integer(string="Row", readonly=True)
    outcome = fields.Selection(
        [
            ("restored", "Restored"),
            ("removed", "Removed"),
            ("archived", "Archived"),
            ("partly", "Partly Restored"),
            ("kept", "Left as It Is"),
        ],
        readonly=True,
    )
    notes = fields.Json(readonly=True)
    note_text = fields.Text(string="Why", compute="_compute_note_text")

    _undo_state_idx = models.Index("(undo_id, run_state, id)")

    @api.depends("notes", "run_error")
    @api.depends_context("lang")
    def _compute_note_text(self):
        for item in self:
            lines = [
                item._note(note["code"], note["names"]) for note in item.notes or []
            ]
            item.note_text = "\n".join([*lines, item.run_error or ""]).strip()

    def _note(self, code, names):
        shown = ", ".join(self._shown_names(code, names))
        texts = {
            "gone": self.env._("It has been deleted since."),
            "touched": self.env._("Changed since the import: %(names)s.", names=shown),
            "used": self.env._("It is in use: %(names)s.", names=shown),
            "beside": self.env._(
                "Contacts, addresses or accounts that have been changed or used since "
                "stay: %(names)s.",
                names=shown,
            ),
            "held": self.env._("Awaiting approval: %(names)s.", names=shown),
            "request": self.env._(
                "Customers of this company are archived and deleted by request."
            ),
            "waiting": self.env._(
                "A change request of this import is still waiting: %(names)s.",
                names=shown,
            ),
        }
        return texts[code]

    def _shown_names(self, code, names):
        """Fields and models by what the user calls them."""
        if code == "used":
            # sudo: labels of models
            models_ = self.env["ir.model"].sudo()
            found = {one: models_._get(one).name for one in names if one in self.env}
            return [found.get(one, one) for one in names]
        if code == "beside":
            return names
        fields_ = self.env["res.partner"].fields_get(names, ["string"])
        return [fields_.get(one, {}).get("string", one) for one in names]

    # -- the work -------------------------------------------------------------------------

    def _undo(self):
        """Give back, remove or leave each of these customers."""
        batch = self.undo_id.batch_id
        # sudo: rows of the import, also those whose customer is closed to the user by now
        rows = batch.sudo().row_ids.search(
            [
                ("batch_id", "=", batch.id),
                ("partner_id", "in", self.partner_id.ids),
                ("run_state", "=", "done"),
            ],
            order="id desc",
        )
        rows = rows.grouped("partner_id")
        # clear: compares and gives back what is stored
        with clear_values():
            for item in self:
                # sudo: the rows are read as the import's, see above
                own = item.sudo().partner_id
                item._undo_one(batch, rows.get(own, batch.row_ids.browse()))

    def _undo_one(self, batch, rows):
        partner = self.partner_id.with_company(batch.company_id)
        partner = partner.with_context(tracking_disable=True, active_test=False)
        if not partner.exists():
            self._tell("kept", gone=[])
            return
        partner.check_access("write")
        notes = {}
        if waiting := self._withdraw(partner, rows):
            notes["waiting"] = waiting
        if any(row.choice == "create" for row in rows):
            outcome = self._undo_created(batch, partner, rows, notes)
        else:
            outcome = self._undo_updated(batch, partner, rows, notes)
        self._tell(outcome, **notes)

    def _tell(self, outcome, **notes):
        # sudo: what became of a customer is written by the undo alone
        self.sudo().write(
            {
                "outcome": outcome,
                "notes": [
                    {"code": code, "names": list(names)}
                    for code, names in notes.items()
                ],
            }
        )

    # -- a customer the import made -------------------------------------------------------

    def _undo_created(self, batch, partner, rows, notes):
        after = {}
        for row in rows[::-1]:
            after |= row.after_json or {}
        names = [*IMAGE, *(name for name in after if name not in IMAGE)]
        now = {name: _value(batch, partner, name) for name in names}
        touched = touched_since(after, now, names)
        own = [entry for row in rows for entry in row.beside_json or []]
        touched += tuple(
            name
            for record, changed in self._touched_beside(batch, own)
            for name in ([record.display_name] if changed else [])
        )
        used = self._uses(partner, own)
        end = end_of(touched, used)
        if touched:
            notes["touched"] = touched
        if used:
            notes["used"] = used
        if end == KEEP:
            return "kept"
        try:
            self._take_away(partner, own, archive=end == ARCHIVE)
        except UserError:
            notes["request"] = []
            return "kept"
        return "archived" if end == ARCHIVE else "removed"

    def _take_away(self, partner, own, archive):
        """Archive or delete a customer with what the import put beside it."""
        if archive:
            partner.action_archive()
            return
        partner._ar_check_deletion()
        with self.env.cr.savepoint():
            for model in ("res.partner.bank", "res.partner"):
                ids = [id_ for name, id_, made, *_rest in own if made and name == model]
                # sudo: made by this import, untouched and unused
                _delete(self.env[model].sudo().browse(ids).exists())
            # sudo: likewise; the guard of deletions and the right to edit were asked above
            partner.sudo().unlink()

    def _touched_beside(self, batch, entries):
        for model, id_, made, _before, after in entries:
            record = self.env[model].browse(id_).exists()
            if made and record:
                now = batch._beside_image(record.sudo())  # sudo: compared, not shown
                yield record, touched_since(after, now, now)

    def _uses(self, partner, own):
        """Models whose records hang on the customer or what the import put beside it."""
        children = [id_ for model, id_, *_rest in own if model == "res.partner"]
        banks = [id_ for model, id_, *_rest in own if model == "res.partner.bank"]
        return self.undo_id._load_uses([partner.id, *children], banks)

    # -- a customer the import changed ----------------------------------------------------

    def _undo_updated(self, batch, partner, rows, notes):
        images = [Image(row.before_json or {}, row.after_json or {}) for row in rows]
        names = {name for image in images for name in image.before}
        now = {name: _value(batch, partner, name) for name in names}
        found = give_back(images, now)
        # first what stands beside: addresses and holders follow the customer's own values
        kept = [
            record.display_name
            for row in rows
            for entry in reversed(row.beside_json or [])
            if (record := self._undo_beside(batch, entry))
        ]
        held = self._give_back(batch, partner, found.restore)
        if found.touched:
            notes["touched"] = [_column(batch, name) for name in found.touched]
        if kept:
            notes["beside"] = kept
        if held:
            notes["held"] = held
        if not (found.touched or kept or held):
            return "restored"
        return "partly" if found.restore else "kept"

    def _give_back(self, batch, partner, values):
        """Write old values; return the fields that wait for approval."""
        vals = {}
        for name, value in values.items():
            if name.startswith(DIMENSION_PREFIX):
                batch._give_back_category(partner, name, value)
            elif partner._fields[name].type == "many2many":
                vals[name] = [Command.set(value or [])]
            else:
                vals[name] = value
        return list(partner._ar_write_guarded(vals)) if vals else []

    def _undo_beside(self, batch, entry):
        """Take back one contact, address or account; return it when it has to stay."""
        model, id_, made, before, after = entry
        record = self.env[model].with_context(active_test=False).browse(id_).exists()
        if not record:
            return None
        if not made:
            now = {name: _value(batch, record, name) for name in before}
            found = give_back([Image(before, after)], now)
            if found.restore:
                record._ar_write_guarded(dict(found.restore))
            return record if found.touched else None
        now = batch._beside_image(record.sudo())  # sudo: compared, not shown
        ids = [id_] if model == "res.partner" else []
        banks = [] if ids else [id_]
        if touched_since(after, now, now) or self.undo_id._load_uses(ids, banks):
            return record
        # sudo: made by this import, untouched and unused; deleting contacts and accounts
        # is not everybody's right, taking back one's own import is
        _delete(record.sudo())
        return None

    # -- change requests ------------------------------------------------------------------

    def _withdraw(self, partner, rows):
        """Take back the requests these rows made; return the fields of those that stay."""
        asked = {name for row in rows for name in row.held_json or {}}
        if not asked:
            return []
        requests = self.env["customer.change.request"].search(
            [("partner_id", "=", partner.id), ("state", "=", "pending")]
        )
        # sudo: names of fields
        of_import = requests.filtered(
            lambda one: set(one.sudo().line_ids.mapped("field_name")) <= asked
        )
        own = of_import.filtered(lambda one: one.maker_id == self.env.user)
        if own:
            own.action_cancel()
        # sudo: as above
        return (of_import - own).sudo().line_ids.mapped("field_name")


def _delete(records):
    """Delete, accounts too: core archives these because entries may hang on them.

    Nothing hangs on these, and an archived account would keep the next import from adding it.
    """
    if records._name == "res.partner.bank":
        models.BaseModel.unlink(records)
    else:
        records.unlink()


def _value(batch, record, name):
    """A value as the import kept it."""
    # sudo: compares with what the import kept; shows nothing
    record = record.sudo()
    if name.startswith(DIMENSION_PREFIX):
        return record[batch._dimension_column(name)].id
    return batch._plain_value(record, name)


def _column(batch, name):
    return batch._dimension_column(name) if name.startswith(DIMENSION_PREFIX) else name
