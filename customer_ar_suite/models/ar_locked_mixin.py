from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import clean_context


class ArLockedMixin(models.AbstractModel):
    """Rows that only the suite's own steps write: ``create`` and ``write`` refuse everybody.

    Not even code that runs as superuser gets past, be it a wizard of another addon or a
    server action that means well. The steps of the model itself, after they have checked
    who asks, go through the private doors beneath: ``_insert`` and ``_set``. What must
    never change after it was written has no step that calls ``_set``.

    Name it first in ``_inherit``, so that the doors lead through the other mixins.
    """

    _name = "ar.locked.mixin"
    _description = "Written by Its Own Steps"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()

    def write(self, vals):
        self._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        # sudo: what a kind of record is called is no secret
        kind = self.env["ir.model"].sudo()._get(self._name).name
        raise AccessError(
            self.env._(
                "%(kind)s: nobody writes or deletes these records by hand.", kind=kind
            )
        )

    # -- the doors beneath ----------------------------------------------------------------

    def _insert(self, vals_list):
        """The rows as the step describes them: a client's defaults add nothing."""
        plain = self.with_context(clean_context(self.env.context))
        rows = super(ArLockedMixin, plain).create(vals_list)  # pylint: disable=super-method-mismatch
        return rows.with_env(self.env)

    def _set(self, **vals):
        return super().write(vals)  # pylint: disable=super-method-mismatch
