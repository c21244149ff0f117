"""Secrets while one takes the place of another: what is shown to us, and what was encrypted."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from contextlib import suppress

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


def is_one_of(shown: str, secrets: Sequence[str]) -> bool:
    """Whether ``shown`` is one of ``secrets``, each of which is looked at."""
    given = shown.encode("utf-8", "surrogateescape")
    return any([hmac.compare_digest(given, secret.encode()) for secret in secrets])  # noqa: C419 - time tells nothing


def renewed(stored: bytes, ciphers: Sequence[Fernet]) -> bytes | None:
    """``stored`` encrypted with the first of ``ciphers``, or ``None`` where it is already, or none of them opens it."""
    with suppress(InvalidToken):
        ciphers[0].decrypt(stored)
        return None
    with suppress(InvalidToken):
        return MultiFernet(ciphers).rotate(stored)
    return None
