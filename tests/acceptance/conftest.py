"""The real servers of the integration tests: Redis, PostgreSQL, the record on both, and a provider of SMS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from core.identity import passwords
from tests.integration.conftest import (
    database,
    database_url,
    postgres_records,
    postgres_server,
    postgres_url,
    redis_server,
    redis_url,
    settings,
    twilio,
)
from tests.integration.rasa_support import RasaServer, settings_for, trained_home

__all__ = [
    "database",
    "database_url",
    "postgres_records",
    "postgres_server",
    "postgres_url",
    "redis_server",
    "redis_url",
    "settings",
    "twilio",
]


@pytest.fixture(scope="session")
def rasa_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    """A real Rasa with a trained model, started once. Tests bring the action server; one that pauses Rasa lets it go on."""
    rasa = RasaServer(settings_for(trained_home()), tmp_path_factory.mktemp("rasa"))
    rasa.start()
    yield rasa
    rasa.stop()


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests of passwords cost a thousandth: what they cost whoever guesses is of no concern to any attack here."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
