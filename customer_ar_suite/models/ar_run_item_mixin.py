from odoo import fields, models


class ArRunItemMixin(models.AbstractModel):
    """One piece of work of a run: done exactly once, or left with its error.

    The state changes in the same transaction as the effect; that alone makes a killed and
    resumed run neither lose nor double anything.
    """

    _name = "ar.run.item.mixin"
    _description = "Item of a Run"

    run_state = fields.Selection(
        [
            ("todo", "To Do"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("error", "Error"),
        ],
        string="Processing",
        default="todo",
        required=True,
        readonly=True,
        copy=False,
    )
    run_error = fields.Char(string="Processing Error", readonly=True, copy=False)
