from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.errors import EngineError
from ..engine.vault import Place
from .engine_messages import user_error
from .sensitive_values import UNAVAILABLE


class CustomerVaultEntry(models.Model):
    """One sealed value, or the search digest of a masked one.

    Sealed values of all models stand here and nowhere else, so that one list says which key
    holds what, and a rotation is a run over these rows. A row without a token belongs to a
    field that Odoo itself keeps readable (account number, telephone) and serves the search
    for the exact value. Written by the code that seals; no user has a right to.
    """

    _name = "customer.vault.entry"
    _inherit = ["ar.run.item.mixin"]
    _description = "Sealed Value"
    _order = "id"
    _rec_name = "field"

    model = fields.Char(required=True, readonly=True)
    field = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="model", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    token = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    digest = fields.Char(string="Search Digest", readonly=True, groups=fields.NO_ACCESS)
    key_name = fields.Char(string="Key", required=True, readonly=True, index=True)
    is_sealed = fields.Boolean(string="Encrypted", readonly=True)
    rotation_id = fields.Many2one(
        "customer.vault.rotation", readonly=True, index="btree_not_null"
    )

    _place_uniq = models.Constraint(
        "UNIQUE(model, field, res_id)", "This value is sealed already."
    )
    _digest_idx = models.Index("(model, field, digest) WHERE digest IS NOT NULL")

    # -- reading and writing values -------------------------------------------------------

    @api.model
    def _read_values(self, records, name):
        """{record id: value} of the field ``name``; ``UNAVAILABLE`` for what does not open."""
        found = {}
        for entry in self._of(records, name):
            try:
                found[entry.res_id] = entry._opened(records)
            except EngineError:
                found[entry.res_id] = UNAVAILABLE
        return found

    @api.model
    def _write_values(self, name, values):
        """Seal ``values`` ({record: text or nothing}) of the field ``name``.

        Nothing is overwritten that cannot be opened now: it may be all there is.
        """
        records = next(iter(values)).browse([record.id for record in values])
        entries = self._of(records, name).grouped("res_id")
        new = []
        try:
            for record, value in values.items():
                entry = entries.get(record.id)
                old = entry._opened(record) if entry else ""
                if (value or "") == old:
                    continue
                if not value:
                    entry.unlink()
                elif entry:
                    entry.write(self._sealed(record, name, value))
                else:
                    new.append(self._sealed(record, name, value))
            # sudo: these rows belong to the code; who may write the record was checked by it
            self.sudo().create(new)
        except EngineError as error:
            raise user_error(self.env, error) from error

    @api.model
    def _of(self, records, name):
        _fetch_company(records)
        # sudo: nobody has a right on these rows; fields decide who sees the values
        return self.sudo().search_fetch(
            [
                ("model", "=", records._name),
                ("field", "=", name),
                ("res_id", "in", records.ids),
            ],
            ["model", "field", "res_id", "token"],
        )

    @api.model
    def _sealed(self, record, name, value):
        """The row that seals ``value`` as the field ``name`` of ``record``."""
        crypt = self.env["customer.vault"]
        company = _company(record)
        return {
            "model": record._name,
            "field": name,
            "res_id": record.id,
            "company_id": company.id,
            "token": crypt._seal(value, _place(record, name)),
            "digest": crypt._digest(record._name, name, value),
            "key_name": crypt._keyring().current.name,
            "is_sealed": True,
        }

    def _opened(self, records):
        """The value of this row, as of its record among ``records``."""
        self.ensure_one()
        # sudo: the place is the record's own company, whoever asks
        record = records.browse(self.res_id).sudo()
        # sudo: the token is no secret without the key, the reader of the value is checked
        token = self.sudo().token or ""
        return self.env["customer.vault"]._open(token, _place(record, self.field))

    # -- exact search ---------------------------------------------------------------------

    @api.model
    def _ids_with_digest(self, model, name, values):
        """The ids of records whose field ``name`` has one of ``values``, as SQL."""
        try:
            digests = self.env["customer.vault"]._digests(model, name, values)
        except EngineError as error:
            raise user_error(self.env, error) from error
        self.flush_model(["model", "field", "digest", "res_id"])
        return SQL(
            "(SELECT res_id FROM customer_vault_entry WHERE model = %s AND field = %s"
            " AND digest = ANY(%s))",
            model,
            name,
            digests,
        )

    @api.model
    def _ids_filled(self, model, name):
        """The ids of records that have a sealed value in the field ``name``, as SQL."""
        self.flush_model(["model", "field", "res_id"])
        return SQL(
            "(SELECT res_id FROM customer_vault_entry WHERE model = %s AND field = %s)",
            model,
            name,
        )

    @api.model
    def _sync_digests(self, model, name, values):
        """Keep the search digests of a masked field in step with ``values`` ({id: text}).

        Without a key there is nothing to search by, and nothing to write.
        """
        crypt = self.env["customer.vault"]
        if crypt._trouble() or not values:
            return
        key = crypt._keyring().current.name
        digests = {
            id_: crypt._digest(model, name, value) if value else False
            for id_, value in values.items()
        }
        gone = [id_ for id_, found in digests.items() if not found]
        kept = {id_: found for id_, found in digests.items() if found}
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_vault_entry"
                " WHERE model = %s AND field = %s AND res_id = ANY(%s) AND token IS NULL",
                model,
                name,
                gone,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_vault_entry
                            (model, field, res_id, digest, key_name, is_sealed, run_state)
                     SELECT %(model)s, %(field)s, row.id, row.digest, %(key)s, FALSE, 'done'
                       FROM unnest(%(ids)s::int[], %(digests)s::text[]) AS row(id, digest)
                ON CONFLICT (model, field, res_id)
                  DO UPDATE SET digest = EXCLUDED.digest, key_name = EXCLUDED.key_name
                """,
                model=model,
                field=name,
                key=key,
                ids=list(kept),
                digests=list(kept.values()),
            )
        )
        self.invalidate_model()

    # -- rotation -------------------------------------------------------------------------

    def _rotate_values(self, records, name):
        """Put these rows, all of one field, under the current key."""
        alive = {record.id: record for record in records.exists()}
        self.filtered(lambda entry: entry.res_id not in alive).unlink()
        for entry in self.exists():
            record = alive[entry.res_id]
            if entry.is_sealed:
                entry.write(self._sealed(record, name, entry._opened(record)))
                continue
            crypt = self.env["customer.vault"]
            digest = record[name] and crypt._digest(record._name, name, record[name])
            entry.write({"digest": digest, "key_name": crypt._keyring().current.name})

    # -- what happens to the records ------------------------------------------------------

    @api.model
    def _reseal(self, records, values):
        """Seal ``values`` ({(record id, field): text}) anew: their place has changed."""
        by_field = {}
        for (id_, name), value in values.items():
            by_field.setdefault(name, {})[records.browse(id_)] = value
        for name, wanted in by_field.items():
            for entry in self._of(records, name):
                record = records.browse(entry.res_id)
                if record in wanted:
                    entry.write(self._sealed(record, name, wanted[record]))

    @api.model
    def _open_all(self, records):
        """{(record id, field): text} of all that is sealed of ``records``, or an error."""
        _fetch_company(records)
        # sudo: as in _of
        entries = self.sudo().search(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("is_sealed", "=", True),
            ]
        )
        try:
            return {(e.res_id, e.field): e._opened(records) for e in entries}
        except EngineError as error:
            raise user_error(self.env, error) from error

    @api.model
    def _ar_erase(self, model, ids, names=None):
        """Forget all that is kept of these records, or of some fields of them.

        For deletion and for the erasure of a person's data; works without the key.
        """
        domain = [("model", "=", model), ("res_id", "in", list(ids))]
        if names:
            domain.append(("field", "in", list(names)))
        # sudo: as in _of; who may delete or erase was checked by the caller
        entries = self.sudo().search(domain)
        records = self.env[model].browse(set(entries.mapped("res_id")))
        records.invalidate_recordset()
        entries.unlink()
        return len(entries)

    @api.model
    def _ar_merge_partners(self, source_ids, target_id):
        """Move what is sealed of merged contacts: sealed again, for its place changes."""
        partners = self.env["res.partner"].browse([target_id, *source_ids])
        values = self._open_all(partners)
        target = partners.browse(target_id)
        kept = {name: text for (id_, name), text in values.items() if id_ == target_id}
        for (id_, name), text in values.items():
            if id_ == target_id or kept.setdefault(name, text) == text:
                continue
            if target._fields[name].type != "text":
                raise UserError(
                    self.env._(
                        "Both contacts have a value in “%(field)s”, and they differ. Clear "
                        "the wrong one, then merge.",
                        field=target._fields[name].get_description(
                            self.env, ["string"]
                        )["string"],
                    )
                )
            kept[name] = f"{kept[name]}\n{text}"
        self._ar_erase("res.partner", source_ids)
        for name, text in kept.items():
            self._write_values(name, {target: text})


def _fetch_company(records):
    """Read at once, and nothing else, what :func:`_company` reads of each record."""
    if "company_id" in records._fields:
        # sudo: see there
        records.sudo().fetch(["company_id"])


def _company(record):
    # sudo: which company a record belongs to is part of the place, whoever asks
    known = record.sudo()
    return (
        known.company_id if "company_id" in known._fields else known.env["res.company"]
    )


def _place(record, name):
    return Place(record._name, name, str(record.id), str(_company(record).id or 0))
