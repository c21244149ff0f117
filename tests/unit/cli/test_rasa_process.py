"""What Rasa's process is told: where to listen, whom to call, and no secret that it has no use for."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from cli.processes import kind_of, processes
from cli.rasa_commands import run_command
from core.settings import Settings


def _settings(**changes: Any) -> Settings:
    secret: dict[str, Any] = {
        name: f"secret {name}" for name, field in Settings.model_fields.items() if field.annotation is SecretStr
    }
    del secret["backup_key"]  # is taken as an age key only
    made = Settings(_env_file=None, **(secret | changes))
    return made.model_copy(update={"backup_key": SecretStr("secret backup_key")})


def test_rasa_is_told_only_what_processes_show_each_other() -> None:
    settings = _settings(model_public_key="public")
    (rasa,) = (one for one in processes(settings) if one.name == "rasa")
    told = {name for name, value in rasa.environment.items() if "secret " in value}
    assert told == {"GUICHET_INTERNAL_SECRET", "GUICHET_INTERNAL_SECRET_ALSO"}
    (worker,) = (one for one in processes(settings) if one.name == "worker")
    assert "GUICHET_SECRET_KEY" in {name for name, value in worker.environment.items() if "secret " in value}


_INNER = {"INTERNAL_SECRET", "INTERNAL_SECRET_ALSO", "OTLP_HEADERS"}
_CITIZENS = _INNER | {
    "SECRET_KEY",
    "SECRET_KEY_ALSO",
    "ADDRESS_KEY",
    "ADDRESS_KEY_ALSO",
    "SMS_SECRET_ALSO",
    "TWILIO_AUTH_TOKEN",
}
_CITIZENS |= {"VONAGE_SECRET", "VONAGE_SIGNATURE_SECRET", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY", "SMS_GENERIC_SECRET"}


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("redis", set()),
        ("rasa", {"INTERNAL_SECRET", "INTERNAL_SECRET_ALSO"}),
        ("actions", _INNER),
        ("publisher", _INNER),
        ("indexer", _INNER),
        ("gateway", _CITIZENS | {"SMTP_PASSWORD", "OIDC_CLIENT_SECRET"}),
        ("worker-2", _CITIZENS | {"AUDIT_KEY", "BACKUP_KEY"}),
    ],
)
def test_each_process_is_told_only_the_secrets_that_it_needs(name: str, needed: set[str]) -> None:
    told = {one.name: one.environment for one in processes(_settings(redis_url="", workers=2))}[name]
    secrets = {f"GUICHET_{field.upper()}" for field, info in Settings.model_fields.items() if info.annotation is SecretStr}
    assert {variable for variable, value in told.items() if "secret " in value} == {f"GUICHET_{one}" for one in needed}
    assert secrets <= set(told), "one that is missing would be read from .env"
    if name != "rasa":  # it has no settings of ours
        required = ("secret_key", "address_key", "internal_secret")
        assert all(told[f"GUICHET_{field.upper()}"] for field in required)


def test_who_seals_shared_snapshots_is_told_the_key() -> None:
    told = {one.name: one.environment for one in processes(_settings(snapshots_url="s3://bucket/prefix"))}
    assert [told[name]["GUICHET_SECRET_KEY"] for name in ("actions", "publisher")] == ["secret secret_key"] * 2
    assert told["actions"]["GUICHET_ADDRESS_KEY"] == "withheld"


def test_rasa_is_not_told_the_keys_of_the_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the storage's")
    told = {one.name: one.environment.get("AWS_SECRET_ACCESS_KEY") for one in processes(_settings())}
    assert (told["rasa"], told["publisher"]) == ("", None)  # None: it inherits what it needs


def test_there_are_as_many_workers_as_are_wanted() -> None:
    names = [[one.name for one in processes(_settings(workers=count)) if kind_of(one.name) == "worker"] for count in (1, 3)]
    assert names == [["worker"], ["worker", "worker-2", "worker-3"]]


def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    assert _interface(_settings()) == "127.0.0.1"
    elsewhere = _settings(inner_host="0.0.0.0", rasa_host="guichet-rasa", actions_host="guichet-actions")
    assert _interface(elsewhere) == "0.0.0.0"
    assert (elsewhere.rasa_url, elsewhere.actions_url) == ("http://guichet-rasa:5005", "http://guichet-actions:5055")


def test_several_rasas_have_the_port_of_one_where_they_name_none() -> None:
    several = _settings(rasa_host="rasa-1, rasa-2:5006")
    assert several.rasa_urls == ("http://rasa-1:5005", "http://rasa-2:5006")
    assert several.rasa_url == "http://rasa-1:5005"


def _interface(settings: Settings) -> str:
    command = run_command(settings)
    return command[command.index("--interface") + 1]
