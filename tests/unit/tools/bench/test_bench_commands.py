"""``./guichet bench``: without a name everything, and what stands before a name holds for it."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from core.settings import Settings
from tools.bench.commands import observed, turns
from tools.bench.commands.app import app


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, bool]]:
    """What was measured, how many turns of it, and whether as JSON."""
    found: list[tuple[str, int, bool]] = []

    async def measured(_settings: Settings, quick: bool) -> dict[str, Any]:
        return {"turns": 60 if quick else 300}

    def show(what: str, _settings: Settings, report: dict[str, Any], as_json: bool) -> None:
        found.append((what, report["turns"], as_json))

    for module in (observed, turns):
        monkeypatch.setattr(module, "running", lambda: None)
        monkeypatch.setattr(module, "show", show)
    monkeypatch.setattr(observed, "started", lambda _settings, count: {"turns": count})
    monkeypatch.setattr(turns, "_measure", measured)
    return found


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", ("all", 300, False)),
        ("--quick --json", ("all", 60, True)),
        ("all --quick", ("all", 60, False)),
        ("start", ("start", 60, False)),
        ("start --quick --json", ("start", 20, True)),
        ("--quick --json start", ("start", 20, True)),
    ],
)
def test_bench_with_or_without_a_name_measures_it(
    shown: list[tuple[str, int, bool]], arguments: str, expected: tuple[str, int, bool]
) -> None:
    assert CliRunner().invoke(app, arguments.split()).exit_code == 0
    assert shown == [expected]


def test_bench_with_an_option_of_another_is_refused(shown: list[tuple[str, int, bool]]) -> None:
    assert CliRunner().invoke(app, ["start", "--sockets", "200"]).exit_code == 2
    assert shown == []
