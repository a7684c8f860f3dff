import functools
import os
import secrets

from odoo import api, models
from odoo.tools import config

from ..engine import vault
from ..engine.errors import EngineError
from .engine_messages import engine_message

OPTION = "customer_ar_vault_keys"


class CustomerVault(models.AbstractModel):
    """Seals values with the server's keys, which never touch the database.

    The keys come from the environment variable ``CUSTOMER_AR_VAULT_KEYS`` or the option
    ``customer_ar_vault_keys`` of the server's configuration: ``name:base64,name:base64``, the
    first one seals, all of them open.
    """

    _name = "customer.vault"
    _description = "Vault"

    @api.model
    def _keyring(self):
        """The keys of this server; errors of the engine when they cannot be read."""
        return _parsed(os.environ.get(OPTION.upper()) or config.get(OPTION) or "")

    @api.model
    def _trouble(self):
        """Why nothing can be sealed now, as a sentence; nothing when all is well."""
        try:
            if not vault.available():
                raise vault.VaultError("vault_library_missing")
            self._keyring().current  # noqa: B018 - raises what is wrong
        except EngineError as error:
            return engine_message(self.env, error)
        return ""

    @api.model
    def _seal(self, value, place):
        nonce = secrets.token_bytes(vault.NONCE_BYTES)
        return vault.seal(self._keyring(), value, place, nonce)

    @api.model
    def _open(self, token, place):
        return vault.open_token(self._keyring(), token, place)

    @api.model
    def _digest(self, model, field, value):
        """The search digest under the current key; none for what has no letter or digit."""
        normalised = vault.normalise(value)
        if not normalised:
            return False
        return vault.digest(self._keyring().current, model, field, normalised)

    @api.model
    def _digests(self, model, field, values):
        """The digests of ``values`` under every key: what is not rotated yet is found too."""
        keyring = self._keyring()
        keyring.current  # noqa: B018 - without a key there is nothing to find by
        return [
            vault.digest(key, model, field, normalised)
            for key in keyring.keys
            for normalised in map(vault.normalise, values)
            if normalised
        ]


@functools.lru_cache(maxsize=4)
def _parsed(text):
    return vault.parse_keys(text)
