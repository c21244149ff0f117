"""What identity encrypts and signs, while one secret takes the place of another."""

from __future__ import annotations

import time

import pytest
from cryptography.fernet import InvalidToken

from core.identity.vault import Vault
from core.secrets import is_one_of

OLD, BOTH, NEW = Vault("old"), Vault("new", "old"), Vault("new")


def test_what_the_old_secret_did_is_read_beside_the_new_one_and_no_longer() -> None:
    stored, form, device = OLD.encrypt("second factor"), OLD.form_token("session"), OLD.device("staff")
    assert BOTH.decrypt(stored) == "second factor"
    assert BOTH.knows_form(form, "session")
    assert BOTH.knows_device(device, "staff")
    with pytest.raises(InvalidToken):
        NEW.decrypt(stored)
    assert not NEW.knows_form(form, "session")
    assert not NEW.knows_device(device, "staff")


def test_the_first_secret_signs() -> None:
    assert NEW.decrypt(BOTH.encrypt("x")) == "x"
    assert NEW.knows_form(BOTH.form_token("session"), "session")
    assert NEW.knows_device(BOTH.device("staff"), "staff")


def test_only_what_stands_under_another_secret_is_renewed() -> None:
    stored = OLD.encrypt("second factor")
    fresh = BOTH.re_encrypted(stored)
    assert fresh is not None
    assert NEW.decrypt(fresh) == "second factor"
    assert BOTH.re_encrypted(fresh) is None
    assert NEW.re_encrypted(stored) is None  # nobody can


def test_device_is_known_for_half_a_year_and_after_the_clock_was_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault("key")
    token, present, found = vault.device("s1"), time.time(), []
    for days in (-1, 0, 179, 181):
        monkeypatch.setattr(time, "time", lambda moved=present + days * 86400: moved)
        found.append(vault.knows_device(token, "s1"))
    assert found == [True, True, True, False]
    assert not vault.knows_device(token, "s2")


def test_a_form_is_of_its_session() -> None:
    assert not NEW.knows_form(NEW.form_token("one"), "another")
    assert not NEW.knows_form("", "one")


def test_a_secret_that_is_shown_is_one_of_those_accepted() -> None:
    assert is_one_of("b", ["a", "b"])
    assert not is_one_of("", ["a", "b"])
    assert not is_one_of("\udcff", ["a"])  # bytes of a header that are no text
    assert not is_one_of("a", [])


def test_an_empty_secret_is_refused() -> None:
    for secrets in ((), ("",), ("new", "")):
        with pytest.raises(ValueError, match="empty"):
            Vault(*secrets)
