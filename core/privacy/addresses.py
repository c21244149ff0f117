"""Telephone numbers at rest: a keyed digest finds a number's conversation, encryption lets it be answered.

Neither can be undone without ``GUICHET_ADDRESS_KEY``: a copy of the record alone names nobody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Addresses:
    """Digests and encrypts addresses (E.164) with keys derived from ``key`` (any length, from settings)."""

    def __init__(self, key: str) -> None:
        if not key:
            raise ValueError("the address key is empty")
        self._digest_key = _derive(key, b"guichet address digest")
        self._cipher = Fernet(base64.urlsafe_b64encode(_derive(key, b"guichet address cipher")))

    def digest(self, address: str) -> str:
        """64 hex digits, the same for the same address."""
        return hmac.new(self._digest_key, address.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, address: str) -> bytes:
        return self._cipher.encrypt(address.encode())

    def decrypt(self, stored: bytes) -> str:
        """Raises ``cryptography.fernet.InvalidToken`` if the key has changed."""
        return self._cipher.decrypt(stored).decode()


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
