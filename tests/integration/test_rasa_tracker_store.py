"""The tracker store, in Rasa's own environment, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from cli.rasa_commands import BOT_PYTHON
from core.settings import ROOT


@pytest.fixture
def found(database_url: str) -> dict[str, Any]:
    ran = subprocess.run(
        [str(BOT_PYTHON), "-m", "tests.integration.rasa_tracker_probe", database_url],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def test_trackers_are_cut_and_keep_their_slots(found: dict[str, Any]) -> None:
    assert found["unknown"] is None
    # Two events a turn and one more in the first; three turns at most, after one event for the slot set before them.
    assert found["sizes"] == [0, 3, 5, 7, 7, 7, 7, 7, 7, 7, 7, 7]
    assert found["slot_after_the_cut"] == "Brest"
    assert found["first_turn"] == ["user", "slot", "action"]
    assert found["of_another"] is None
    assert found["after_a_new_session"] == 4
    assert found["slot_of_the_new_session"] == "Lille"
    assert found["slot_after_another_cut"] == "Lille"
    assert found["slot_in_another_process"] == "Lille"
    assert found["overtaken"] == ["refused", "Lille"]  # the late turn of a Rasa that was given up changes no later one
    assert found["keys"] == ["c1", "c2"]
    assert found["erased"] == [None, None]
    assert found["others"] == ["c2"]
    assert found["kept_too_long"] == []
