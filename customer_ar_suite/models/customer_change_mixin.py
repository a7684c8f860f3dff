from odoo import models


class CustomerChangeMixin(models.AbstractModel):
    """The one door for writes to customer data that may need a second pair of eyes.

    Who writes on behalf of a file or a request calls ``_ar_write_guarded`` instead of
    ``write``. Which fields are guarded is the policy's decision (``_ar_guarded_fields``);
    without a policy none are, and everything is written at once.
    """

    _name = "customer.change.mixin"
    _description = "Guarded Fields"

    def _ar_guarded_fields(self):
        """Names of the fields that must not be written without approval."""
        return frozenset()

    def _ar_split_guarded(self, vals):
        """``vals`` as (free, guarded)."""
        guarded_names = self._ar_guarded_fields()
        free = {
            name: value for name, value in vals.items() if name not in guarded_names
        }
        guarded = {name: value for name, value in vals.items() if name in guarded_names}
        return free, guarded

    def _ar_write_guarded(self, vals):
        """Write the free part of ``vals``; return the part that awaits approval."""
        free, guarded = self._ar_split_guarded(vals)
        if free:
            self.write(free)
        return guarded
