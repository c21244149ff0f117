"""Stored telephone numbers: a keyed digest finds a number's conversation; the encrypted number is needed to answer it.

Neither can be reversed without ``GUICHET_ADDRESS_KEY``: a copy of the record alone identifies nobody. During a change of
that key, data encrypted with the other key can still be read, and ``older_digests`` returns its digests
(``conversations.record.address_renewal``).
"""

import hashlib
import hmac

from core.secrets import Ciphers, derived_key


class Addresses(Ciphers):
    """Digests and encrypts addresses (E.164) with keys derived from the first of ``keys`` (any length, from settings)."""

    def __init__(self, *keys: str) -> None:
        super().__init__(keys, b"guichet address cipher")
        self._digest_keys = [derived_key(key, b"guichet address digest") for key in keys]

    @property
    def is_changing(self) -> bool:
        """Decides whether another key is accepted besides the first."""
        return len(self._digest_keys) > 1

    def digest(self, address: str) -> str:
        """Returns 64 hex digits, always the same for the same address."""
        return _digest(self._digest_keys[0], address)

    def older_digests(self, address: str) -> list[str]:
        """Returns the digests by the other keys."""
        return [_digest(key, address) for key in self._digest_keys[1:]]


def _digest(key: bytes, address: str) -> str:
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
