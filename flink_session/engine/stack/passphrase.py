"""Secrets in state and configuration, encrypted as Pulumi's passphrase provider does: either can read the other's.

The key is PBKDF2-HMAC-SHA256 of the passphrase (8 bytes of salt, one million rounds, 32 bytes); a secret is
`v1:<nonce>:<ciphertext>` in base64, AES-256-GCM with a nonce of 12 bytes. The salt is kept with the word "pulumi"
encrypted by it, which tells a wrong passphrase.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PassphraseError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VARIABLE = "PULUMI_CONFIG_PASSPHRASE"
FILE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE_FILE"

_ROUNDS = 1_000_000
_CHECK_WORD = "pulumi"
_FINGERPRINT = 12
"""Digits of a fingerprint."""


class Crypter:
    """What encrypts and decrypts the secrets of one stack, with a key that is derived from a passphrase.

    Derivation takes some 0.3 s of processor time. Without a passphrase, it is good for stacks without secrets.

    A stack that has no salt yet gets one with its first update, so that a wrong passphrase is found from then on. The
    salt goes into the stack's configuration file with the first secret: before that, no file of the user changes.
    """

    def __init__(self, passphrase: str | None, salt: str | None, keep: Callable[[str], None] | None = None) -> None:
        """Derive the key, if there is a salt. `keep` gets the salt before the first secret is encrypted.

        Raises:
            PassphraseError: the salt is malformed, or was made with another passphrase.
        """
        self._passphrase, self._keep = passphrase, keep
        self.salt: str | None = salt
        self._cipher: AESGCM | None = None
        self._fingerprint_key = b""
        if salt and passphrase is not None:
            raw, check = _parse_salt(salt)
            self._take(_derive(passphrase, raw))
            if not self._is_right(check):
                raise PassphraseError(
                    "incorrect passphrase: it is not the one that this stack's secrets were encrypted with; "
                    f"set {VARIABLE} or {FILE_VARIABLE}"
                )

    def encrypt(self, plaintext: str) -> str:
        """Encrypt a text with a new nonce."""
        self.require("encrypted")
        cipher = self.begin()
        if cipher is None:
            raise AssertionError("a passphrase gives a key")
        if self._keep and self.salt:
            self._keep(self.salt)
            self._keep = None
        return _encrypt(cipher, plaintext)

    def decrypt(self, ciphertext: str) -> str:
        """Decrypt a text. Raises PassphraseError if it is damaged or was encrypted with another key."""
        from cryptography.exceptions import InvalidTag

        self.require("decrypted")
        if self._cipher is None:
            raise PassphraseError(
                "a secret has to be decrypted, but neither state nor configuration has encryptionsalt"
            )
        try:
            _version, nonce, text = ciphertext.split(":")
            return self._cipher.decrypt(base64.b64decode(nonce), base64.b64decode(text), None).decode()
        except (ValueError, InvalidTag) as error:
            raise PassphraseError(
                "a secret of this stack cannot be decrypted: it is damaged, or has another passphrase"
            ) from error

    def require(self, what: str) -> None:
        """Raise PassphraseError if there is no passphrase by which a secret could be encrypted, or decrypted."""
        if self._passphrase is None:
            raise PassphraseError(
                f"a secret has to be {what}, and there is no passphrase: set {VARIABLE} or {FILE_VARIABLE}"
            )

    def begin(self) -> AESGCM | None:
        """Make a salt, and the key, if there is none yet, and a passphrase to make it from."""
        if self._cipher is None and self._passphrase is not None:
            raw = os.urandom(8)
            cipher = self._take(_derive(self._passphrase, raw))
            self.salt = f"v1:{_encode(raw)}:{_encrypt(cipher, _CHECK_WORD)}"
        return self._cipher

    def _take(self, key: bytes) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._fingerprint_key = hmac.digest(key, b"flink-session fingerprint", "sha256")
        self._cipher = AESGCM(key)
        return self._cipher

    def fingerprint(self, text: str) -> str:
        """Give a keyed digest of a secret, the same as long as the secret and the stack's key are; empty without a key.

        Who does not have the passphrase can neither guess a secret by it, nor compare those of two stacks.
        """
        if not self._fingerprint_key:
            return ""
        return hmac.digest(self._fingerprint_key, text.encode(), "sha256").hex()[:_FINGERPRINT]

    def _is_right(self, check: str) -> bool:
        try:
            return self.decrypt(check) == _CHECK_WORD
        except PassphraseError:
            return False


def find_passphrase(*, ask: bool) -> str | None:
    """Find the passphrase in the environment, or ask for it where that is wanted and there is a terminal.

    Raises:
        PassphraseError: PULUMI_CONFIG_PASSPHRASE_FILE names a file that cannot be read.
    """
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if path := os.environ.get(FILE_VARIABLE):
        try:
            return Path(path).expanduser().read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise PassphraseError(f"{FILE_VARIABLE} is {path!r}, which cannot be read: {error}") from error
    if ask and sys.stdin.isatty() and sys.stderr.isatty():
        import getpass

        return getpass.getpass(
            f"Enter the passphrase of the stack's secrets (set {VARIABLE} to remember): ", sys.stderr
        )
    return None


def _derive(passphrase: str, raw_salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), raw_salt, _ROUNDS, 32)


def _encrypt(cipher: AESGCM, plaintext: str) -> str:
    nonce = os.urandom(12)
    return f"v1:{_encode(nonce)}:{_encode(cipher.encrypt(nonce, plaintext.encode(), None))}"


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _parse_salt(salt: str) -> tuple[bytes, str]:
    try:
        _version, raw, check = salt.split(":", 2)
        return base64.b64decode(raw), check
    except ValueError as error:
        raise PassphraseError(f"the salt {salt!r} is not of the form v1:<salt>:v1:<nonce>:<ciphertext>") from error
