"""Figures of every process, logs that follow one conversation, service levels from the record; nothing personal in any."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter

from analytics.service_levels import Level, service_levels
from cli.commands.status import _lines_about
from cli.language import Refusal
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Message, Reply
from core.settings import Settings
from core.telemetry import metrics_server
from core.telemetry.exporter import targets_folder
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.migrated import migrated


@pytest.fixture
async def settings(redis_url: str, tmp_path: Path) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}", redis_url, tmp_path)
    await migrated(settings.sql_url)
    return settings


def test_a_process_is_found_by_its_file_until_it_ends(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    Counter("guichet_probe", "Probe.", registry=registry).inc()
    folder = targets_folder(tmp_path)
    folder.mkdir(parents=True)
    killed = folder / "worker-4194999.json"  # above the highest pid of Linux
    killed.write_text("[]")
    with metrics_server("worker", tmp_path, registry) as port:
        (file,) = folder.glob("*.json")
        (target,) = json.loads(file.read_text())
        assert target == {"targets": [f"127.0.0.1:{port}"], "labels": {"process": "worker"}}
        assert "guichet_probe_total 1.0" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert not list(folder.iterdir())
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")


def _turns(outcome: str) -> float:
    labels = {"channel": "web", "outcome": outcome, "origin": "citizen"}
    return REGISTRY.get_sample_value("guichet_turns_total", labels) or 0.0


async def test_turns_and_the_engines_failures_are_counted(settings: Settings) -> None:
    answered, fallback = _turns("answered"), _turns("fallback")
    refused = REGISTRY.get_sample_value("guichet_engine_failures_total", {"reason": "refused"}) or 0.0
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("carte perdue")
        await citizen.answered(1)
        await citizen.post("nonsense")  # what comes back is no turn
        await citizen.answered(2)
        text = (await service.http.get("/metrics")).text
    assert (_turns("answered") - answered, _turns("fallback") - fallback) == (1, 1)
    assert (REGISTRY.get_sample_value("guichet_engine_failures_total", {"reason": "refused"}) or 0.0) - refused == 1
    assert 'guichet_part_up{part="sql"} 1.0' in text
    assert 'guichet_part_up{part="actions"} 0.0' in text  # there is none in this test
    assert "guichet_confidence_recent_mean 0.9" in text
    assert 'guichet_job_age_seconds{job="retention"}' in text


async def test_service_levels_leave_out_tools_humans_and_what_is_old(database: Database) -> None:
    turns = [
        ("web", "citizen", "answered", 400, 0),
        ("web", "citizen", "fallback", 4000, 0),
        ("sms", "citizen", "choices", 9000, 0),
    ]
    turns += [
        ("web", "bench", "fallback", 9000, 0),
        ("web", "citizen", "human", 9000, 0),
        ("web", "citizen", "fallback", 9000, 40),
    ]
    async with database.write() as session:
        for number, (channel, origin, outcome, milliseconds, days) in enumerate(turns):
            name, moment = f"c{number}", now() - timedelta(days=days, minutes=2)
            session.add(Conversation(id=name, channel=channel, origin=origin, language="fr"))
            await session.flush()
            told = {"conversation_id": name, "outcome": outcome}
            session.add(Message(id=name, external_id=name, dedup=name, received_at=moment, **told))
            await session.flush()
            session.add(Reply(id=name, in_reply_to=name, blocks=[], milliseconds=milliseconds, created_at=moment, **told))
        session.add(
            Message(id="lost", conversation_id="c0", external_id="l", dedup="l", received_at=now() - timedelta(hours=1))
        )
    found = {level.name: (level.good, level.total) for level in await service_levels(database)}
    assert found == {
        "answered_by_engine": (2, 3),
        "web_within_1_s": (1, 2),
        "sms_within_10_s": (1, 1),
        "nothing_lost": (4, 5),
    }


def test_an_error_budget() -> None:
    half = Level("x", 0.99, 995, 1000)
    assert (half.met, round(half.budget_left, 6)) == (True, 0.5)
    spent = Level("x", 0.99, 980, 1000)
    assert (spent.met, round(spent.budget_left, 6)) == (False, -1.0)
    none = Level("x", 0.99, 0, 0)
    assert (none.met, none.reached, none.budget_left) == (True, None, 1.0)


def test_one_conversation_through_the_logs_of_all(tmp_path: Path) -> None:
    worker, rasa = tmp_path / "worker.log", tmp_path / "rasa.log"
    worker.write_text(
        '{"event":"turn","conversation":"abc","timestamp":"2026-01-01T00:00:03Z"}\n'
        '{"event":"turn","conversation":"other","note":"abc","timestamp":"2026-01-01T00:00:00Z"}\n'
    )
    rasa.write_text('not json, with abc\n{"event":"turn","conversation":"abc","timestamp":"2026-01-01T00:00:01Z"}\n')
    (tmp_path / "worker.log.1").write_text('{"event":"older","message":"abc","timestamp":"2025-12-31T00:00:00Z"}\n')
    times = [json.loads(line)["timestamp"] for line in _lines_about("abc", [worker, rasa])]
    assert times == ["2025-12-31T00:00:00Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:03Z"]
    with pytest.raises(Refusal):
        _lines_about("nobody", [worker, rasa])
