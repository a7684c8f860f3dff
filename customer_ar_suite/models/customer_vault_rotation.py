from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"


class CustomerVaultRotation(models.Model):
    """Seals everything with the current key, chunk by committed chunk.

    Values stay readable all the while: the server knows both keys until no value is left
    under the old one. It also makes the search digests that masked fields do not have yet.
    """

    _name = "customer.vault.rotation"
    _inherit = ["ar.run.mixin"]
    _description = "Key Rotation"
    _order = "id desc"

    _run_item_model = "customer.vault.entry"
    _run_item_field = "rotation_id"
    _run_chunk_size = 200
    _run_interactive_limit = 1000

    key_name = fields.Char(string="To the Key", required=True, readonly=True)
    entry_ids = fields.One2many(
        "customer.vault.entry", "rotation_id", string="Values", readonly=True
    )

    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._("Rotation to %(key)s", key=run.key_name)

    def _check_run_access(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(self.env._("Only administrators may rotate keys."))
        self.check_access("read")

    @api.model
    def _rotate(self):
        """A run over all that is not under the current key, started."""
        self._check_run_access()
        crypt = self.env["customer.vault"]
        if trouble := crypt._trouble():
            raise UserError(trouble)
        # sudo: runs are made by this method alone, for an administrator
        run = self.sudo().create({"key_name": crypt._keyring().current.name})
        run._collect()
        # sudo: no more, on the contrary
        run = run.sudo(False)
        run._start_run()
        return run

    def _collect(self):
        """The items of the run, in statements whose number does not grow with them."""
        self.env.flush_all()
        rows = self.env["customer.sensitive.field"]
        for row in rows._in_force():
            if row.digest and not row.sealed:
                self._collect_missing(self.env[row.model], row.field)
        self.env.cr.execute(
            SQL(
                """
                UPDATE customer_vault_entry
                   SET rotation_id = %(run)s, run_state = 'todo', run_error = NULL
                 WHERE key_name != %(key)s
                   AND (rotation_id IS NULL OR run_state != 'todo' OR rotation_id NOT IN
                        (SELECT id FROM customer_vault_rotation WHERE run_state = 'running'))
                """,
                run=self.id,
                key=self.key_name,
            )
        )
        self.env.invalidate_all()

    def _collect_missing(self, model, name):
        """A row without digest for every value that has no row yet; the run fills it in."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO customer_vault_entry
                            (model, field, res_id, key_name, is_sealed, run_state)
                     SELECT %(model)s, %(field)s, record.id, '', FALSE, 'todo'
                       FROM %(table)s AS record
                      WHERE record.%(column)s <> ''
                ON CONFLICT (model, field, res_id) DO NOTHING
                """,
                model=model._name,
                field=name,
                table=SQL.identifier(model._table),
                column=SQL.identifier(name),
            )
        )

    # A rotation is the server's, not a company's: its items are those of all companies.

    def _run_items(self, domain=()):
        # sudo: see above; the caller was checked by _check_run_access
        return super(CustomerVaultRotation, self.sudo())._run_items(domain)

    def _count_todo(self):
        # sudo: as in _run_items
        return super(CustomerVaultRotation, self.sudo())._count_todo()

    def _next_items(self):
        # sudo: as in _run_items
        return super(CustomerVaultRotation, self.sudo())._next_items()

    def _compute_run_counts(self):
        # sudo: figures over all companies
        return super(CustomerVaultRotation, self.sudo())._compute_run_counts()

    def _apply_items(self, items):
        for (model, name), entries in items.grouped(
            lambda e: (e.model, e.field)
        ).items():
            if model not in self.env or name not in self.env[model]._fields:
                raise UserError(
                    self.env._(
                        "%(model)s has no field %(field)s any more.",
                        model=model,
                        field=name,
                    )
                )
            # sudo: the server's own work on what it keeps; nothing is shown
            records = self.env[model].sudo().browse(entries.mapped("res_id"))
            entries._rotate_values(records, name)
