"""Secrets while one takes the place of another: what is shown to us, and what was encrypted."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def is_one_of(shown: str, secrets: Sequence[str]) -> bool:
    """Decides whether ``shown`` is one of ``secrets``, each of which is looked at."""
    given = shown.encode("utf-8", "surrogateescape")
    return any([hmac.compare_digest(given, secret.encode()) for secret in secrets])  # noqa: C419 - time tells nothing


class Ciphers:
    """Encrypts with a key that the first of ``secrets`` gives for ``purpose``; reads what was done with any of them.

    Raises ``ValueError`` where there is no secret, or an empty one.
    """

    def __init__(self, secrets: Sequence[str], purpose: bytes) -> None:
        if not secrets or not all(secrets):
            raise ValueError("a secret is empty")
        self._ciphers = [Fernet(base64.urlsafe_b64encode(derived(secret, purpose))) for secret in secrets]
        self._any = MultiFernet(self._ciphers)

    def encrypt(self, text: str) -> bytes:
        return self._any.encrypt(text.encode())

    def decrypt(self, stored: bytes, *, seconds: int | None = None) -> str:
        """Raises ``cryptography.fernet.InvalidToken`` if no key of ours did it, or it is older than ``seconds``."""
        return self._any.decrypt(stored, ttl=seconds).decode()

    def renewed(self, stored: bytes) -> bytes | None:
        """``stored`` under the first key, or ``None`` where it is already, or no key of ours opens it."""
        with suppress(InvalidToken):
            self._ciphers[0].decrypt(stored)
            return None
        with suppress(InvalidToken):
            return self._any.rotate(stored)
        return None


def derived(secret: str, purpose: bytes) -> bytes:
    """Returns a key of 32 bytes for one ``purpose``: none of a secret's keys tells anything of another."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
