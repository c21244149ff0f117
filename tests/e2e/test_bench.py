"""What ``./guichet bench`` measures on a running service: with what a person would look at afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Service


def _measured(service: Service, *arguments: str) -> dict[str, Any]:
    done = service.command("bench", *arguments, "--quick", "--json")
    if done.returncode and "py-spy" in done.stderr:
        pytest.skip(f"nobody may look at processes here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.long
def test_a_profile_shows_where_each_process_spends_its_time(service: Service) -> None:
    found = _measured(service, "profile")
    folder = Path(found["profile.flame_graphs"])
    graphs = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.svg")}
    assert graphs.keys() == found["profile.cores"].keys() - {"redis"}
    assert "actions/composer.py" in graphs["actions"]
    assert "conversations/worker" in graphs["worker"]
    assert found["profile.turns_per_second"] > 0
    assert found["profile.cores"][found["profile.fullest"]] == max(found["profile.cores"].values())


def test_the_widget_is_light_until_it_is_opened(service: Service) -> None:
    found = _measured(service, "widget")
    assert 1_000 < found["widget.before_open.bytes"] <= 12_000
    assert found["widget.opened.bytes"] > found["widget.before_open.bytes"]
    assert min(found[f"widget.{name}_ms"] for name in ("page", "ready", "open")) > 0


def test_a_turn_by_sms_is_measured_from_receipt_to_reply(service: Service) -> None:
    found = _measured(service, "sms", "--per-second", "1")
    assert (found["sms.messages"], found["sms.refused"], found["sms.unanswered"]) == (10, 0, 0)
    assert found["sms.turn.p99_ms"] >= found["sms.turn.p50_ms"] > 0
