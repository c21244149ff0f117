"""Settings are documented, and secrets are made once (invariant 5)."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli import secret_file
from cli.commands.settings import render
from core.settings import ROOT, Settings


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_env_example_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text() == render(), "run: ./guichet settings > .env.example"


def test_a_secret_has_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_file.secret_names():
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValidationError) as refusal:
        Settings(_env_file=None)
    assert {f"GUICHET_{str(error['loc'][0]).upper()}" for error in refusal.value.errors()} == set(secret_file.secret_names())


def test_missing_secrets_are_added_and_others_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_file.secret_names():
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / ".env"
    path.write_text("GUICHET_SECRET_KEY=mine\nGUICHET_PORT=9000\n")
    assert secret_file.ensure(path)
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    assert lines["GUICHET_SECRET_KEY"] == "mine"
    assert lines["GUICHET_PORT"] == "9000"
    assert set(secret_file.secret_names()) <= set(lines)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    assert not secret_file.ensure(path)
    assert path.read_text() == before


def test_two_installations_have_different_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_file.secret_names():
        monkeypatch.delenv(name, raising=False)
    secret_file.ensure(tmp_path / "one")
    secret_file.ensure(tmp_path / "two")
    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()
