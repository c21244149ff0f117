"""Settings are documented, and secrets are made once (invariant 5)."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values
from pydantic import ValidationError

from cli import secret_file
from cli.commands.settings import render
from cli.commands.up import up
from cli.demonstration import is_demonstration
from cli.doctor.configuration import former, unknown
from cli.invalid_settings import faults_of
from cli.language import Refusal
from cli.setting_names import misspelt_settings, renamed_settings
from core.backup.archive import new_identity
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


def test_secrets_of_a_read_only_image_come_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_file.generated_names():
        monkeypatch.setenv(name, "x" * 32)
    monkeypatch.delenv("GUICHET_BACKUP_KEY")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(Refusal, match="GUICHET_BACKUP_KEY"):
        secret_file.ensure(tmp_path / ".env")
    monkeypatch.setenv("GUICHET_BACKUP_RECIPIENTS", "age1others")  # who open the backups elsewhere
    assert not secret_file.ensure(tmp_path / ".env")


def test_new_installation_is_the_demonstration_s_town(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    secret_file.ensure(path)
    known = Settings(_env_file=path)
    assert known.organisation == "Ville de Valbourg (démonstration)"
    assert known.contact_address.startswith("Hôtel de ville")
    assert known.relay == "Relais téléphonique : texte, LSF, LfPC (du lundi au vendredi de 9 h à 17 h)"
    assert is_demonstration(known)
    assert not is_demonstration(known.model_copy(update={"contact_phone": "02 00 00 00 00"}))
    assert known.first_questions.count("|") == 3


def test_two_installations_have_different_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in secret_file.secret_names():
        monkeypatch.delenv(name, raising=False)
    secret_file.ensure(tmp_path / "one")
    secret_file.ensure(tmp_path / "two")
    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


def test_a_secret_without_a_value_is_missing_and_a_last_line_may_have_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in secret_file.secret_names():
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / ".env"
    path.write_text("export GUICHET_SECRET_KEY=mine\nGUICHET_INTERNAL_SECRET=\nGUICHET_PORT=9000")
    assert secret_file.ensure(path)
    read = dotenv_values(path)
    assert (read["GUICHET_SECRET_KEY"], read["GUICHET_PORT"]) == ("mine", "9000")
    assert all(read[name] for name in secret_file.generated_names())
    assert not secret_file.ensure(path)


@pytest.mark.parametrize(
    ("setting", "value", "fr", "en"),
    [
        ("port", "abc", "nombre entier", "whole number"),
        ("port", "99999", "au plus 65535", "at most 65535"),
        ("secret_key", " ", "est vide", "is empty"),
        ("production", "oui", "true ou false", "true or false"),
        ("default_language", "de", "au choix : 'fr' ou 'en'", "one of: 'fr' or 'en'"),
        ("sms_segment_euros", "0,05", "avec un point", "with a point"),
        ("retention_days", "0", "au moins 1", "at least 1"),
        ("otlp_endpoint", "localhost:4318", "la forme", "the form"),
        ("public_url", "guichet.ville.fr", "https://", "https://"),
        ("database_url", "postgres://u:hidden@h/db", "postgresql+asyncpg://", "postgresql+asyncpg://"),
        ("widget_colour", "red", "#0b5c6b", "#0b5c6b"),
        ("proxies", "10.0.0.0/8, traefik", "des réseaux", "networks"),
        ("proxies", "*", "des réseaux", "networks"),
        ("widget_sites", "https://ville.fr, ville.fr", "sans chemin", "without a path"),
        ("widget_sites", "https://ville.fr/page", "sans chemin", "without a path"),
        ("sms_allowed_prefixes", "0033", "+33", "+33"),
        ("privacy_case_numbers", r"\d+ ([", "n° 2", "no. 2"),
        ("privacy_case_numbers", r"MDPH\d{6} (\d+)+-X", "n° 2", "no. 2"),
        ("privacy_case_numbers", r"(X|x|XX)*Y", "sans fin", "for ages"),
        ("backup_key", "hunter2", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1"),
        ("backup_key", "AGE-SECRET-KEY-1hidden", "Une sauvegarde déjà faite", "made already"),
        ("backup_recipients", "age1x", "n° 1", "no. 1"),
        (
            "backup_recipients",
            "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw, AGE-SECRET-KEY-1",
            "n° 2",
            "no. 2",
        ),
        ("snapshots_url", "/mnt/share", "file:///", "file:///"),
        ("ledger_copies", "s3://bucket", "s3://seau", "s3://bucket"),
        ("audit_heads", "ftp://heads", "https://", "https://"),
        ("desk_timezone", "Europe/Pari", "GUICHET_DESK_TIMEZONE", "GUICHET_DESK_TIMEZONE"),
        ("desk_country", "XX", "GUICHET_DESK_COUNTRY", "GUICHET_DESK_COUNTRY"),
        ("desk_hours", "lundi 9h", "GUICHET_DESK_HOURS", "GUICHET_DESK_HOURS"),
        ("desk_passwords", "false", "personne", "nobody"),
    ],
)
def test_what_cannot_be_used_is_refused_in_both_languages_and_not_repeated(setting: str, value: str, fr: str, en: str) -> None:
    whole = {name.removeprefix("GUICHET_").lower(): "x" * 32 for name in secret_file.secret_names()}
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate({**whole, "_env_file": None, setting: value})
    french, english = faults_of(refusal.value)
    assert fr in french
    assert en in english
    assert "Input should" not in french + english
    assert "hidden" not in french + english


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("public_url", "https://guichet.ville.fr/"),
        ("database_url", ""),
        ("proxies", "10.0.0.7, 172.16.0.0/12,fd00::/8"),
        ("widget_sites", "https://ville.fr/, http://127.0.0.1:8081"),
        ("sms_allowed_prefixes", "*"),
        ("sms_refused_prefixes", "+338*, +3389"),
        ("privacy_case_numbers", r"MDPH\d{6}"),
        ("privacy_case_numbers", r"(?<!\d)\d{3}-\w+ [A-Z]{2}\d*(?!\d) \d+(?:[-/]\d+)*"),
        ("backup_recipients", "age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"),
        ("audit_heads", "/mnt/heads.jsonl"),
        ("desk_hours", ""),
    ],
)
def test_what_can_be_used_is_taken(setting: str, value: str) -> None:
    whole = {name.removeprefix("GUICHET_").lower(): "x" * 32 for name in secret_file.secret_names()}
    assert getattr(Settings.model_validate({**whole, "_env_file": None, setting: value}), setting) == value


def test_a_name_that_no_setting_has_is_told_with_the_one_it_resembles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ".env"
    path.write_text("GUICHET_PROT=9000\nGUICHET_PORT=9000\nGUICHET_DATABASE_URL=\nGUICHET_UV=uv\nEDITOR=vi\n")
    monkeypatch.setenv("GUICHET_ZZZZZZZZ", "1")
    assert misspelt_settings(path) == {"GUICHET_PROT": "GUICHET_PORT", "GUICHET_ZZZZZZZZ": ""}
    assert {finding.level for finding in unknown(path)} == {"warning"}


@pytest.mark.parametrize(
    ("old", "present"),
    [
        ("GUICHET_WEB_DEADLINE_SECONDS", "GUICHET_WEB_TURN_SECONDS"),
        ("GUICHET_SMS_DEADLINE_SECONDS", "GUICHET_SMS_ENGINE_SECONDS"),
    ],
)
def test_setting_under_its_former_name_is_read_and_doctor_tells_the_present_one(
    old: str, present: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in secret_file.secret_names():
        monkeypatch.setenv(name, "x" * 32)
    path = tmp_path / ".env"
    path.write_text(f"{old}=2.5\n")
    assert Settings(_env_file=path).as_environment()[present] == "2.5"
    assert (misspelt_settings(path), renamed_settings(path)) == ({}, {old: present})
    (finding,) = former(path)
    assert (finding.level, present in finding.message[1]) == ("warning", True)
    path.write_text(f"{old}=2.5\n{present}=4.0\n")
    assert Settings(_env_file=path).as_environment()[present] == "4.0"


def test_up_refuses_demonstration_where_the_file_says_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_file, "ensure", lambda _: False)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for name in secret_file.generated_names():
        monkeypatch.setenv(name, "x" * 43 if name != "GUICHET_BACKUP_KEY" else new_identity())
    monkeypatch.setenv("GUICHET_PRODUCTION", "true")
    monkeypatch.setenv("GUICHET_PUBLIC_URL", "http://guichet.ville.fr")
    with pytest.raises(Refusal, match="GUICHET_PUBLIC_URL"):
        up(production=False)
