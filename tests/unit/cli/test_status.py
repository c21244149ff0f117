"""What ``./guichet status`` says of the index."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
import typer

from cli.commands import status as command
from core.settings import Settings


def told(
    answer: httpx.Response,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    as_json: bool = False,
) -> str:
    """All that is printed while the action server gives this ``answer``."""
    secrets = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
    monkeypatch.setattr(command, "Settings", lambda: Settings.model_validate(secrets | {"home": home}))
    client = httpx.Client(transport=httpx.MockTransport(lambda _: answer), base_url="http://actions")
    monkeypatch.setattr(command, "blocking_action_server", lambda *_, **__: client)
    monkeypatch.setenv("GUICHET_LANG", "en")
    with pytest.raises(typer.Exit):
        command.status(as_json=as_json)
    printed = capsys.readouterr()
    return " ".join((printed.out + printed.err).split())


def test_status_with_a_damaged_index_says_what_is_answered_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served = httpx.Response(200, json={"snapshot": "v1", "refused": "Snapshot v2 is damaged"})
    text = told(served, tmp_path, monkeypatch, capsys)
    assert "answers from v1, the last good one" in text
    assert "Snapshot v2 is damaged" in text
    served = httpx.Response(200, json={"snapshot": "v1", "refused": "Snapshot v2 is damaged"})
    assert json.loads(told(served, tmp_path, monkeypatch, capsys, as_json=True))["refused"] == "Snapshot v2 is damaged"


def test_status_without_any_index_that_can_be_used_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(httpx.Response(503, json={"detail": "Snapshot v2 is damaged"}), tmp_path, monkeypatch, capsys)
    assert "No index can be used: run ./guichet index build" in text


def test_status_with_a_whole_index_says_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(httpx.Response(200, json={"snapshot": "v1", "refused": ""}), tmp_path, monkeypatch, capsys)
    assert "snapshot v1" in text
    assert "good" not in text
