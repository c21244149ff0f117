"""Telephone numbers at rest: a keyed digest finds a number's conversation, encryption lets it be answered.

Neither can be undone without ``GUICHET_ADDRESS_KEY``: a copy of the record alone names nobody. While that key changes, what
the other one encrypted is still read, and ``older_digests`` find what it digested (``conversations.record.address_renewal``).
"""

from __future__ import annotations

import hashlib
import hmac

from core.secrets import Ciphers, derived


class Addresses(Ciphers):
    """Digests and encrypts addresses (E.164) with keys derived from the first of ``keys`` (any length, from settings)."""

    def __init__(self, *keys: str) -> None:
        super().__init__(keys, b"guichet address cipher")
        self._digest_keys = [derived(key, b"guichet address digest") for key in keys]

    @property
    def is_changing(self) -> bool:
        """Tells whether another key is accepted beside the first."""
        return len(self._digest_keys) > 1

    def digest(self, address: str) -> str:
        """64 hex digits, the same for the same address."""
        return _digest(self._digest_keys[0], address)

    def older_digests(self, address: str) -> list[str]:
        """Returns those that the other keys give."""
        return [_digest(key, address) for key in self._digest_keys[1:]]


def _digest(key: bytes, address: str) -> str:
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
