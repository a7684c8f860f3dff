from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

from ..engine.errors import EngineError

ADMINISTRATOR = "customer_ar_suite.customer_ar_suite_group_administrator"


class CustomerVaultStatus(models.TransientModel):
    """Which keys the server knows, which the stored values need, and what to do about it."""

    _name = "customer.vault.status"
    _description = "Encryption Keys"

    trouble = fields.Char(readonly=True)
    line_ids = fields.One2many("customer.vault.status.line", "status_id", readonly=True)
    old_count = fields.Integer(string="Not under the Current Key", readonly=True)
    has_missing = fields.Boolean(readonly=True)

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Encryption Keys")

    @api.model
    def action_open(self):
        """The state of the keys at this moment."""
        self._check_administrator()
        crypt = self.env["customer.vault"]
        try:
            known = crypt._keyring().names()
        except EngineError:
            known = ()
        # sudo: counts per key over all companies, for the administrator
        counts = dict(
            self.env["customer.vault.entry"]
            .sudo()
            ._read_group([("key_name", "!=", "")], ["key_name"], ["__count"])
        )
        names = [*known, *sorted(set(counts) - set(known))]
        # sudo: the page is made here, for the administrator who was checked above
        page = self.sudo().create(
            {
                "trouble": crypt._trouble(),
                "old_count": sum(counts.values()) - counts.get(known[0], 0)
                if known
                else 0,
                "has_missing": bool(set(counts) - set(known)),
                "line_ids": [
                    Command.create(
                        {
                            "name": name,
                            "state": _state(name, known, counts.get(name, 0)),
                            "value_count": counts.get(name, 0),
                        }
                    )
                    for name in names
                ],
            }
        )
        return page._get_records_action(name=self.env._("Encryption Keys"), context={})

    def action_rotate(self):
        """Seal everything with the current key."""
        self._check_administrator()
        run = self.env["customer.vault.rotation"]._rotate()
        return run._get_records_action(context={})

    @api.model
    def _check_administrator(self):
        if not self.env.user.has_group(ADMINISTRATOR):
            raise AccessError(
                self.env._("Only administrators see the encryption keys.")
            )


class CustomerVaultStatusLine(models.TransientModel):
    _name = "customer.vault.status.line"
    _description = "Encryption Key"

    status_id = fields.Many2one("customer.vault.status", ondelete="cascade")
    name = fields.Char(string="Key", readonly=True)
    state = fields.Selection(
        [
            ("current", "Current: seals everything new"),
            ("needed", "Needed: rotate before you remove it"),
            ("removable", "No value needs it: it may be removed"),
            ("missing", "Missing: put it back into the configuration"),
        ],
        readonly=True,
    )
    value_count = fields.Integer(string="Values", readonly=True)


def _state(name, known, count):
    if name not in known:
        return "missing"
    if name == known[0]:
        return "current"
    return "needed" if count else "removable"
