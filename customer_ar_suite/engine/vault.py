"""Values sealed for storage: authenticated encryption, several keys, exact search.

A sealed value is a token ``v1.<key>.<data>``. What it belongs to (model, field, record,
company) is authenticated with it: a token moved to another place, or changed by one bit, does
not open. The search digest has a key of its own, derived like the sealing key from the one
secret the administrator keeps.

>>> ring = parse_keys("2026:" + "k" * 43 + "=")
>>> place = Place("res.partner", "ar_identity_number", "7", "1")
>>> token = seal(ring, "A-123", place, nonce=bytes(12))
>>> key_of(token), open_token(ring, token, place)
('2026', 'A-123')
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from .errors import VaultError

try:  # Odoo's own requirements bring it; without it everything but the vault works
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:  # pragma: no cover - tested by hiding the package
    AESGCM = None  # type: ignore[assignment,misc]

VERSION = "v1"
NONCE_BYTES = 12
SECRET_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Place(NamedTuple):
    """What a sealed value belongs to; no other place opens it."""

    model: str
    field: str
    record: str
    company: str


@dataclass(frozen=True)
class Key:
    """One secret under its name, and what is derived from it."""

    name: str
    secret: bytes

    def derived(self, purpose: str) -> bytes:
        """The 32 bytes for ``purpose``: one secret, a key per use."""
        text = b"customer_ar_suite/" + purpose.encode()
        return hmac.digest(self.secret, text, hashlib.sha256)


@dataclass(frozen=True)
class Keyring:
    """The keys the server knows; the first one seals, all of them open."""

    keys: tuple[Key, ...] = ()

    @property
    def current(self) -> Key:
        """The key that seals; error ``vault_no_key`` when there is none."""
        if not self.keys:
            raise VaultError("vault_no_key")
        return self.keys[0]

    def names(self) -> tuple[str, ...]:
        """The names of the keys, the current one first."""
        return tuple(key.name for key in self.keys)

    def get(self, name: str) -> Key:
        """The key called ``name``; error ``vault_key_missing``."""
        for key in self.keys:
            if key.name == name:
                return key
        raise VaultError("vault_key_missing", key=name)


def parse_keys(text: str) -> Keyring:
    """The keyring of ``name:base64,name:base64``; the first key is the current one.

    Error ``vault_keys_not_readable`` names the entry by its place, never by its content.
    """
    keys: list[Key] = []
    for number, entry in enumerate(filter(None, map(str.strip, text.split(","))), 1):
        name, _colon, encoded = entry.partition(":")
        secret = _decoded(encoded)
        taken = name in [key.name for key in keys]
        if taken or not _NAME.fullmatch(name) or len(secret) < SECRET_BYTES:
            raise VaultError("vault_keys_not_readable", number=number)
        keys.append(Key(name, secret))
    return Keyring(tuple(keys))


def seal(ring: Keyring, value: str, place: Place, nonce: bytes) -> str:
    """``value`` as a token of the current key; ``nonce`` is 12 fresh random bytes."""
    key = ring.current
    head = f"{VERSION}.{key.name}"
    sealed = _cipher(key).encrypt(nonce, value.encode(), _bound(head, place))
    return f"{head}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_token(ring: Keyring, token: str, place: Place) -> str:
    """The value of ``token``, if it is whole and belongs to ``place``.

    Errors: ``vault_key_missing`` (the server does not know the key) and
    ``vault_token_refused`` (changed, cut, moved, or sealed by another key of that name).
    """
    version, name, data = _parts(token)
    key = ring.get(name)
    raw = _decoded(data, urlsafe=True)
    if len(raw) <= NONCE_BYTES:
        raise VaultError("vault_token_refused")
    bound = _bound(f"{version}.{name}", place)
    try:
        clear = _cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound)
    except InvalidTag as error:
        raise VaultError("vault_token_refused") from error
    return clear.decode()


def key_of(token: str) -> str:
    """The name of the key that sealed ``token``."""
    return _parts(token)[1]


def digest(key: Key, model: str, field: str, normalised: str) -> str:
    """What equal values of one field share and nobody computes without the key."""
    text = "\0".join((model, field, normalised)).encode()
    return hmac.new(key.derived("digest"), text, hashlib.sha256).hexdigest()


def normalise(value: str) -> str:
    """The form in which two spellings of one number are the same.

    >>> normalise("nl91 abna-0417 1643 00") == normalise("NL91ABNA0417164300")
    True
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    return "".join(char for char in folded if char.isalnum())


def available() -> bool:
    """Whether the library that seals is installed."""
    return AESGCM is not None


def _cipher(key: Key) -> AESGCM:
    if AESGCM is None:
        raise VaultError("vault_library_missing")
    return AESGCM(key.derived("seal"))


def _bound(head: str, place: Place) -> bytes:
    """Head and place, each with its length: no two of them give the same bytes."""
    parts = [part.encode() for part in (head, *place)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".")
    if len(parts) != 3 or parts[0] != VERSION or not _NAME.fullmatch(parts[1]):
        raise VaultError("vault_token_refused")
    return parts[0], parts[1], parts[2]


def _decoded(text: str, urlsafe: bool = False) -> bytes:
    """The bytes of a base64 text, none if it is not exactly that."""
    try:
        data = text.translate(str.maketrans("-_", "+/")) if urlsafe else text
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return b""
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return raw if encode(raw).decode() == text else b""
