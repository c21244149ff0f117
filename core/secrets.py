"""Secrets during their replacement: those presented to us, and those used for encryption."""

import base64
import hmac
from collections.abc import Sequence
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def is_one_of(given: str, secrets: Sequence[str]) -> bool:
    """Decides whether ``given`` is one of ``secrets``. All of them are compared."""
    encoded = given.encode("utf-8", "surrogateescape")
    return any([hmac.compare_digest(encoded, secret.encode()) for secret in secrets])  # noqa: C419 - time tells nothing


class Ciphers:
    """Encrypts with a key derived from the first of ``secrets`` for ``purpose``; decrypts with any of them.

    Raises ``ValueError`` if there is no secret, or an empty one.
    """

    def __init__(self, secrets: Sequence[str], purpose: bytes) -> None:
        if not secrets or not all(secrets):
            raise ValueError("a secret is empty")
        self._ciphers = [Fernet(base64.urlsafe_b64encode(derived_key(secret, purpose))) for secret in secrets]
        self._any = MultiFernet(self._ciphers)

    def encrypt(self, text: str) -> bytes:
        return self._any.encrypt(text.encode())

    def decrypt(self, stored: bytes, *, seconds: int | None = None) -> str:
        """Returns the decrypted text.

        Raises ``cryptography.fernet.InvalidToken`` if no key of ours fits, or if it is older than ``seconds``.
        """
        return self._any.decrypt(stored, ttl=seconds).decode()

    def re_encrypted(self, stored: bytes) -> bytes | None:
        """Returns ``stored`` encrypted with the first key; ``None`` if it is already, or if no key of ours fits."""
        with suppress(InvalidToken):
            self._ciphers[0].decrypt(stored)
            return None
        with suppress(InvalidToken):
            return self._any.rotate(stored)
        return None


def derived_key(secret: str, purpose: bytes) -> bytes:
    """Returns a key of 32 bytes for one ``purpose``. No key reveals anything about another."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
