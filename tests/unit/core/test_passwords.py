"""Which passwords are refused, and that a sentence or a generated one is not."""

from __future__ import annotations

import pytest

from core.identity import passwords
from core.identity.errors import IdentityError


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("trop court", "password_length"),
        ("aaaabbbbaaaabbbb", "password_easy"),
        ("claire-martin-1", "password_easy"),
        ("password12345678", "password_easy"),
        ("Azerty123456!", "password_easy"),
        ("MotDePasse2026", "password_easy"),
        ("P@ssw0rd2026!!", "password_easy"),
        ("P@ssw0rd1234!!", "password_easy"),
        ("qwertyAZERTY12", "password_easy"),
        ("493017265580", "password_easy"),
    ],
)
def test_what_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(IdentityError) as refused:
        passwords.check(password, email="claire@mairie.example", name="Claire Martin")
    assert refused.value.code == code


@pytest.mark.parametrize(
    "password", ["Le soleil se lève derrière la mairie", "8$3kP!92#x@7", "x9Vb-71qq-LmT0", "Une-phrase-assez-longue"]
)
def test_sentences_and_generated_ones_pass(password: str) -> None:
    passwords.check(password, email="claire@mairie.example", name="Claire Martin")
