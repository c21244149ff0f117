"""The faults that ``./guichet bench faults`` knows, which of them are asked for, and the table of what citizens saw."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from cli.language import Refusal
from core.settings import Settings
from tools.bench.faults.measuring import chosen, known_faults
from tools.bench.faults.table import table_of

_SETTINGS = Settings(_env_file=None, secret_key="s", internal_secret="i", address_key="a")
_NAMES = {fault.name for fault in known_faults(_SETTINGS, quick=True)}
_COUNTS = ("taken", "answered", "fallback", "refused", "given_up", "lost", "unanswered", "doubled", "sms_unconfirmed")
_ROW: dict[str, Any] = {**dict.fromkeys(_COUNTS, 0), "longest_s": {"taken": 1.5, "outcome": 2.5}}


@pytest.mark.parametrize("name", ["gateway", "worker", "rasa", "actions", "redis", "publisher", "manager"])
def test_known_faults_each_process_hangs_and_dies(name: str) -> None:
    assert {f"{name}-frozen", f"{name}-killed"} <= _NAMES


def test_known_faults_only_postgresql_is_cut_and_ended() -> None:
    theirs = {"postgresql-cut", "postgresql-restarted", "postgresql-away"}
    assert not theirs & _NAMES
    served = _SETTINGS.model_copy(update={"database_url": "postgresql://localhost/guichet"})
    assert theirs <= {fault.name for fault in known_faults(served, quick=True)}


def test_known_faults_disk_clock_and_provider_fail() -> None:
    assert {"disk-full", "clock-ahead", "clock-back"} <= _NAMES
    assert {"provider-slow", "provider-late", "provider-twice", "provider-silent"} <= _NAMES


def test_chosen_names_are_those_faults_in_their_order() -> None:
    faults = known_faults(_SETTINGS, quick=True)
    assert [fault.name for fault in chosen(faults, "snapshot-torn, redis-killed")] == ["none", "redis-killed", "snapshot-torn"]
    assert chosen(faults, "") == faults


def test_chosen_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Refusal, match="redis-killed"):
        chosen(known_faults(_SETTINGS, quick=True), "coffee")


def test_table_fault_that_did_not_happen_says_why() -> None:
    written = StringIO()
    console = Console(width=120, file=written)
    rows = {"redis-killed": _ROW, "rasa-killed": _ROW | {"failed": f"'rasa' does not run: {'look at its log. ' * 9}"}}
    console.print(table_of(rows | {"clock-back": _ROW | {"longest_s": {"taken": 1.5, "outcome": None}}}))
    lines = written.getvalue().splitlines()
    assert any("clock-back" in line and "1.5 + ?" in line for line in lines)
    assert any("redis-killed" in line and "1.5 + 2.5" in line for line in lines)
    assert any("rasa-killed" in line and "'rasa' does not run" in line for line in lines)
