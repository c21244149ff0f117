"""Telephone numbers at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import InvalidToken

from core.privacy.addresses import Addresses


def test_a_digest_is_the_same_for_the_same_number_and_key_only() -> None:
    addresses = Addresses("key")
    assert addresses.digest("+33612345678") == Addresses("key").digest("+33612345678")
    assert addresses.digest("+33612345678") != addresses.digest("+33612345679")
    assert addresses.digest("+33612345678") != Addresses("other").digest("+33612345678")


def test_what_is_encrypted_comes_back_with_the_same_key_only() -> None:
    stored = Addresses("key").encrypt("+33612345678")
    assert b"612345678" not in stored
    assert Addresses("key").decrypt(stored) == "+33612345678"
    with pytest.raises(InvalidToken):
        Addresses("other").decrypt(stored)


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Addresses("")
