"""Telephone numbers at rest: a keyed digest finds a number's conversation, encryption lets it be answered.

Neither can be undone without ``GUICHET_ADDRESS_KEY``: a copy of the record alone names nobody. While that key changes, what
the other one encrypted is still read, and ``older_digests`` find what it digested (``channels.sms.renewal``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.secrets import renewed


class Addresses:
    """Digests and encrypts addresses (E.164) with keys derived from the first of ``keys`` (any length, from settings)."""

    def __init__(self, *keys: str) -> None:
        if not keys or not all(keys):
            raise ValueError("the address key is empty")
        self._digest_keys = [_derive(key, b"guichet address digest") for key in keys]
        self._ciphers = [Fernet(base64.urlsafe_b64encode(_derive(key, b"guichet address cipher"))) for key in keys]
        self._cipher = MultiFernet(self._ciphers)

    @property
    def is_changing(self) -> bool:
        """Whether another key is accepted beside the first."""
        return len(self._digest_keys) > 1

    def digest(self, address: str) -> str:
        """64 hex digits, the same for the same address."""
        return _digest(self._digest_keys[0], address)

    def older_digests(self, address: str) -> list[str]:
        """Those that the other keys give."""
        return [_digest(key, address) for key in self._digest_keys[1:]]

    def encrypt(self, address: str) -> bytes:
        return self._cipher.encrypt(address.encode())

    def decrypt(self, stored: bytes) -> str:
        """Raises ``cryptography.fernet.InvalidToken`` if no key of ours did it."""
        return self._cipher.decrypt(stored).decode()

    def renewed(self, stored: bytes) -> bytes | None:
        """``stored`` under the first key, or ``None`` where it is already, or no key of ours opens it."""
        return renewed(stored, self._ciphers)


def _digest(key: bytes, address: str) -> str:
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
