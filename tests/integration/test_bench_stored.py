"""``bench stored``: fills a record that is there for this alone, step by step, and times a turn at each size."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from cli.language import Refusal
from core.settings import Settings
from tools.bench import stored


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    secret = SecretStr("not a secret")
    return Settings(_env_file=None, home=tmp_path / "home", secret_key=secret, internal_secret=secret, address_key=secret)


def test_a_turn_is_timed_at_each_size(settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "SIZES", (400, 1_000_000))
    monkeypatch.setattr(stored, "_WARM", 1)
    report = stored.measure(settings, database_url, most=800, rounds=3)
    assert 300 < report["stored.400.messages"] < 500
    assert 700 < report["stored.800.messages"] < 1000  # with the four turns before
    for step in ("turn", "accept", "take", "commit", "look_back", "sweep"):
        assert report[f"stored.800.{step}.p95_ms"] >= report[f"stored.800.{step}.p50_ms"] > 0
    with pytest.raises(Refusal, match="--into"):
        stored.measure(settings, database_url, most=800, rounds=3)


def test_the_service_s_own_record_is_refused(settings: Settings) -> None:
    with pytest.raises(Refusal, match="--into"):
        stored.measure(settings, settings.sql_url, most=400, rounds=3)
