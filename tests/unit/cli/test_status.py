"""What ``./guichet status`` says of the index."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from cli.commands import status as command
from core.settings import Settings

type Status = Callable[[int, dict[str, Any]], str]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Status:
    """All that is printed while the action server answers so, as JSON first and then for people."""
    secrets = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
    monkeypatch.setattr(command, "Settings", lambda: Settings.model_validate(secrets | {"home": tmp_path}))
    monkeypatch.setenv("GUICHET_LANG", "en")

    def run(code: int, body: dict[str, Any]) -> str:
        transport = httpx.MockTransport(lambda _: httpx.Response(code, json=body))

        def server(*_: object, **__: object) -> httpx.Client:
            return httpx.Client(transport=transport, base_url="http://actions")

        monkeypatch.setattr(command, "blocking_action_server", server)
        for as_json in (True, False):
            with pytest.raises(typer.Exit):
                command.status(as_json=as_json)
        printed = capsys.readouterr()
        return " ".join((printed.out + printed.err).split())

    return run


def test_status_with_a_damaged_index_says_what_is_answered_from(told: Status) -> None:
    text = told(200, {"snapshot": "v1", "refused": "Snapshot v2 is damaged"})
    assert "answers from v1, the last good one" in text
    assert "(Snapshot v2 is damaged)" in text
    assert json.JSONDecoder().raw_decode(text)[0]["refused"] == "Snapshot v2 is damaged"


def test_status_without_any_index_that_can_be_used_says_what_to_do(told: Status) -> None:
    text = told(503, {"detail": "Snapshot v2 is damaged"})
    assert "No index can be used: run ./guichet index build" in text
    assert json.JSONDecoder().raw_decode(text)[0]["snapshot"] is None


def test_status_with_a_whole_index_says_nothing_of_it(told: Status) -> None:
    text = told(200, {"snapshot": "v1", "refused": ""})
    assert "snapshot v1" in text
    assert "good" not in text
