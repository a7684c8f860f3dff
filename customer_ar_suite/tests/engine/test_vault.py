import base64
from unittest.mock import patch

from hypothesis import assume, given
from hypothesis import strategies as st

from ...engine import vault
from ...engine.errors import VaultError
from ...engine.masking import STARS, is_masked, mask
from ...engine.vault import Place
from .case import EngineCase, examples


def key(name, byte):
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


RING = vault.parse_keys(f"{key('b', 2)},{key('a', 1)}")
PLACE = Place("res.partner", "ar_identity_number", "7", "1")

texts = st.text(min_size=1, max_size=60).filter(lambda t: _encodable(t))
nonces = st.binary(min_size=12, max_size=12)


def _encodable(text):
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


class TestVault(EngineCase):
    """INV18: what is sealed opens in its place alone; masks reveal four characters at most."""

    @examples(100)
    @given(texts, nonces, st.sampled_from(["a", "b"]))
    def test_open_undoes_seal_under_every_key(self, value, nonce, name):
        # given a value sealed while ``name`` was the current key
        ring = vault.Keyring((RING.get(name),))
        token = vault.seal(ring, value, PLACE, nonce)
        # then the ring of all keys opens it, and the token does not hold it
        self.assertEqual(vault.open_token(RING, token, PLACE), value)
        self.assertEqual(vault.key_of(token), name)
        if len(value) > 3:
            self.assertNotIn(value, token)

    @examples(200)
    @given(texts, nonces, st.data())
    def test_one_changed_character_does_not_open(self, value, nonce, data):
        token = vault.seal(RING, value, PLACE, nonce)
        at = data.draw(st.integers(0, len(token) - 1))
        char = data.draw(st.sampled_from("ABCDabcd0123-_=.v"))
        assume(token[at] != char)
        with self.assertRaises(VaultError):
            vault.open_token(RING, token[:at] + char + token[at + 1 :], PLACE)

    @examples(100)
    @given(texts, nonces, st.data())
    def test_a_cut_token_does_not_open(self, value, nonce, data):
        token = vault.seal(RING, value, PLACE, nonce)
        with self.assertRaises(VaultError):
            vault.open_token(
                RING, token[: data.draw(st.integers(0, len(token) - 1))], PLACE
            )

    @examples(50)
    @given(texts, nonces, st.integers(0, 3), st.text("abc.019", min_size=1, max_size=8))
    def test_another_place_does_not_open(self, value, nonce, part, other):
        assume(PLACE[part] != other)
        moved = Place(*(other if i == part else p for i, p in enumerate(PLACE)))
        token = vault.seal(RING, value, PLACE, nonce)
        with self.assertRaises(VaultError) as caught:
            vault.open_token(RING, token, moved)
        self.assertEqual(caught.exception.code, "vault_token_refused")

    def test_parts_of_a_place_do_not_run_together(self):
        token = vault.seal(RING, "x", Place("m", "ab", "1", "0"), bytes(12))
        with self.assertRaises(VaultError):
            vault.open_token(RING, token, Place("ma", "b", "1", "0"))

    def test_key_not_on_the_ring_is_named(self):
        token = vault.seal(RING, "x", PLACE, bytes(12))
        with self.assertRaises(VaultError) as caught:
            vault.open_token(vault.Keyring((RING.get("a"),)), token, PLACE)
        self.assertEqual(caught.exception.code, "vault_key_missing")
        self.assertEqual(caught.exception.params, {"key": "b"})

    def test_another_secret_under_the_same_name_does_not_open(self):
        token = vault.seal(RING, "x", PLACE, bytes(12))
        with self.assertRaises(VaultError):
            vault.open_token(vault.parse_keys(key("b", 9)), token, PLACE)

    def test_known_answer(self):
        # AES-256-GCM with HMAC-SHA256(secret, purpose) as key, computed step by step
        from cryptography.hazmat.primitives import hashes, hmac
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        token = vault.seal(RING, "A-123", PLACE, bytes(range(12)))
        derived = hmac.HMAC(b"\2" * 32, hashes.SHA256())
        derived.update(b"customer_ar_suite/seal")
        raw = base64.urlsafe_b64decode(token.split(".")[2])
        parts = ["v1.b", *PLACE]
        bound = b"".join(len(p).to_bytes(4, "big") + p.encode() for p in parts)
        opener = Cipher(
            algorithms.AES(derived.finalize()), modes.GCM(raw[:12], raw[-16:])
        ).decryptor()
        opener.authenticate_additional_data(bound)
        self.assertEqual(opener.update(raw[12:-16]) + opener.finalize(), b"A-123")

    def test_keys_are_read_strictly(self):
        good = key("a", 1)
        self.assertEqual(vault.parse_keys("").names(), ())
        self.assertEqual(vault.parse_keys(f" {good} , ").names(), ("a",))
        for text in (
            "a",
            "a:",
            "a:short",
            f"{good},{good}",
            f"a b:{good[2:]}",
            good + "!",
        ):
            with self.subTest(text), self.assertRaises(VaultError) as caught:
                vault.parse_keys(text)
            # then the message does not hold what was configured
            self.assertEqual(set(caught.exception.params), {"number"})

    def test_without_a_key_nothing_is_sealed(self):
        with self.assertRaises(VaultError) as caught:
            vault.seal(vault.Keyring(), "x", PLACE, bytes(12))
        self.assertEqual(caught.exception.code, "vault_no_key")

    def test_without_the_library_the_function_says_so(self):
        with patch.object(vault, "AESGCM", None):
            self.assertFalse(vault.available())
            with self.assertRaises(VaultError) as caught:
                vault.seal(RING, "x", PLACE, bytes(12))
        self.assertEqual(caught.exception.code, "vault_library_missing")

    @examples(50)
    @given(texts)
    def test_spellings_share_a_digest_and_fields_do_not(self, value):
        normalised = vault.normalise(value)
        assume(normalised)
        spelled = vault.normalise(" -".join(value.swapcase()).upper())
        assume(spelled == normalised)  # some letters have no simple case
        first, second = RING.keys
        found = vault.digest(first, "m", "f", normalised)
        self.assertEqual(found, vault.digest(first, "m", "f", spelled))
        self.assertNotEqual(found, vault.digest(first, "m", "g", normalised))
        self.assertNotEqual(found, vault.digest(second, "m", "f", normalised))


class TestMasking(EngineCase):
    @examples(200)
    @given(texts, st.integers(-1, 9))
    def test_a_mask_reveals_a_quarter_and_four_at_most(self, value, visible):
        assume(not is_masked(value))
        shown = mask(value, visible)
        self.assertTrue(shown.startswith(STARS))
        tail = shown[len(STARS) :]
        letters = [char for char in value if char.isalnum()]
        self.assertLessEqual(len(tail), max(0, min(4, visible, len(letters) // 4)))
        self.assertTrue("".join(letters).endswith(tail))

    @examples(100)
    @given(texts, st.integers(0, 4))
    def test_a_mask_is_known_as_one(self, value, visible):
        shown = mask(value, visible)
        self.assertTrue(is_masked(shown))
        self.assertLessEqual(len(mask(shown, visible)), 8)

    def test_values_are_not_taken_for_masks(self):
        for value in (
            "NL91ABNA0417164300",
            "+86 512 5550 8800",
            "4300",
            "* see file",
            "",
        ):
            self.assertFalse(is_masked(value), value)
        for value in ("****4300", " ****4300 ", "••••4300", "＊＊＊＊", "***4"):
            self.assertTrue(is_masked(value), value)

    def test_the_length_is_not_told(self):
        self.assertEqual(len(mask("1" * 20)), len(mask("1" * 200)))
