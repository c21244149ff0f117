"""``./guichet logs --plain``: every event of the service has a sentence in French and English."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.plain_logs import events, last_lines, plain_line
from core.settings import ROOT

_ZONE = ZoneInfo("Europe/Paris")
_LEVELS = ("debug", "info", "warning", "error", "critical", "exception")
_TOOLS = ("tests", "tools")


def _logged() -> Iterator[tuple[str, set[str]]]:
    """Yields the events that the service's code logs, with the fields that it gives them."""
    for package in ROOT.glob("*/__init__.py"):
        if package.parent.name in _TOOLS:
            continue
        for file in package.parent.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="log"), attr=level),
                        args=[ast.Constant(value=str(name)), *_],
                    ) if level in _LEVELS:
                        yield name, {keyword.arg or "" for keyword in node.keywords}
                    case ast.keyword(arg="failure_event", value=ast.Constant(value=str(name))):
                        yield name, set()


def test_every_event_has_a_sentence_in_both_languages_and_no_sentence_is_left_over() -> None:
    logged = {name for name, _ in _logged()}
    assert len(logged) > 60
    assert logged == set(events())
    for name, texts in events().items():
        french, english = texts
        assert french != english, name


def test_a_sentence_names_only_fields_that_its_event_has() -> None:
    fields: dict[str, set[str]] = {}
    for name, given in _logged():
        fields.setdefault(name, set()).update(given)
    for name, texts in events().items():
        wanted = [set(re.findall(r"\{(\w+)\}", text)) for text in texts]
        assert wanted[0] == wanted[1], name
        assert wanted[0] <= fields[name] or "extra" in fields[name], name


def _event(**fields: object) -> str:
    return json.dumps({"level": "info", "timestamp": "2026-12-01T22:30:00Z", "process": "worker"} | fields)


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "Réponse (web) : answered F1341"), ("en", "Reply (web): answered F1341")]
)
def test_an_event_is_a_sentence_with_local_time_process_and_conversation(
    monkeypatch: pytest.MonkeyPatch, language: str, text: str
) -> None:
    monkeypatch.setenv("GUICHET_LANG", language)
    line = _event(event="turn", channel="web", outcome="answered", entry="F1341", conversation="c1")
    assert plain_line(line, _ZONE) == f"01/12 23:30:00   worker    {text} · conversation c1"


def test_what_went_wrong_is_named_in_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LANG", "fr")
    trace = "Traceback (most recent call last):\n  File \"x.py\"\nKeyError: 'a'"
    failed = _event(event="turn_failed", level="error", exception=trace)
    assert plain_line(failed, _ZONE).endswith("les secours répondent : KeyError: 'a'")
    assert plain_line(failed, _ZONE)[15] == "✗"
    assert plain_line(_event(event="never_heard_of"), _ZONE).endswith("never heard of")
    assert "disque plein : oui" in plain_line(_event(event="record_failed", error="E", disk_full=True), _ZONE)


@pytest.mark.parametrize("line", ["", "Traceback (most recent call last):", "{", "[1]", '{"event": "x"}', '{"timestamp": 3}'])
def test_a_line_that_is_no_event_is_shown_as_it_is(line: str) -> None:
    assert plain_line(line + "\n", _ZONE) == line


def test_lines_of_several_files_come_by_their_time(tmp_path: Path) -> None:
    one, other = tmp_path / "one.log", tmp_path / "other.log"
    one.write_text(
        _event(event="worker_ready", timestamp="2026-12-01T10:00:00Z")
        + "\nRuntimeError: beneath it\n"
        + _event(event="worker_stopped", timestamp="2026-12-01T12:00:00Z")
    )
    other.write_text(_event(event="redis_reached", timestamp="2026-12-01T11:00:00Z") + "\n")
    times = [line[6:8] if line[0].isdigit() else line for line in last_lines([one, other], _ZONE)]
    assert times == ["11", "RuntimeError: beneath it", "12", "13"]
