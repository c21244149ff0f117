"""``ask --json`` prints a proof, made after the turn, and ``./guichet verify`` checks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.__main__ import with_commands
from cli.commands import ask
from cli.language import Refusal
from cli.proofs import own_sentences
from conversations.wording import Wording
from core.settings import ROOT
from tests.unit.core.published_page import publish

type Json = dict[str, Any]


@pytest.fixture
def reply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Json:
    """Returns a reply by SMS, without a proof, on a page of this service's snapshot."""
    monkeypatch.setenv("GUICHET_HOME", str(tmp_path))
    monkeypatch.setenv("GUICHET_LANG", "en")
    for name in ("SECRET_KEY", "INTERNAL_SECRET", "ADDRESS_KEY"):
        monkeypatch.setenv(f"GUICHET_{name}", "0123456789abcdef" * 4)
    card = {
        **{"type": "answer", "text": "Passeport", "entry": "F1", "entry_version": 3, "title": "Passeport"},
        **{"snapshot": publish(tmp_path / "snapshots").name, "body": "Comptez 10 jours.", "verified_on": "2020-05-12"},
        "source": {"name": "exemple.fr", "url": "https://exemple.fr/F1"},
    }
    text = "Passeport\nComptez 10 jours.\nexemple.fr https://exemple.fr/F1 (Vérifié le 12/05/2020)\nLa suite : SUITE."
    return {"conversation": "c", "outcome": "answered", "text": text, "blocks": [card]}


def _printed_by_ask(reply: Json, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    class Service:
        async def turn(self, *_: Any, **__: Any) -> Json:
            return reply

    @asynccontextmanager
    async def running(_: object) -> AsyncIterator[Service]:
        yield Service()

    monkeypatch.setattr(ask, "running_service", running)
    ask.ask("passeport", channel="sms", as_json="--json" in options)
    return capsys.readouterr().out


def _verify(content: str, tmp_path: Path) -> tuple[int, str]:
    file = tmp_path / "reply.json"
    file.write_text(content, encoding="utf-8")
    run = CliRunner().invoke(with_commands(["verify", "ask"]), ["verify", str(file)])
    if isinstance(run.exception, Refusal):
        return 2, str(run.exception)
    return run.exit_code, run.output


def test_what_ask_prints_is_proved(
    reply: Json, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = _printed_by_ask(reply, monkeypatch, capsys, "--json")
    assert [one["at"] for one in json.loads(printed)["proof"]["texts"]] == ["/blocks/0/body", "/text"]
    code, said = _verify(printed, tmp_path)
    assert (code, said.startswith("✓ 1 ← F1, version 3, ")) == (0, True)
    assert "+ La suite : SUITE" in said
    code, said = _verify(printed.replace("10 jours", "12 jours"), tmp_path)
    assert (code, "✗ these words are not those of the page: Comptez 12 jours" in said) == (1, True)


def test_ask_without_json_prints_the_text_alone(
    reply: Json, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _printed_by_ask(reply, monkeypatch, capsys) == f"{reply['text']}\n"


def test_exports_without_a_proof_are_proved_from_the_snapshot(reply: Json, tmp_path: Path) -> None:
    assert _verify(json.dumps({"turns": [{"message": {}, "reply": reply}]}), tmp_path)[0] == 0
    rows = {"replies": [{"id": "r", "blocks": reply["blocks"]}], "deliveries": [{"reply_id": "r", "text": reply["text"]}]}
    assert _verify(json.dumps(rows), tmp_path)[0] == 0
    assert _verify(json.dumps(rows).replace("10 jours.\\nex", "12 jours.\\nex"), tmp_path)[0] == 1


@pytest.mark.parametrize("content", ["{", "[]", "{}", "3"])
def test_file_without_replies_is_refused(reply: Json, tmp_path: Path, content: str) -> None:
    code, said = _verify(content, tmp_path)
    assert (code, "has no reply" in said) == (2, True)


def test_own_sentences_are_those_of_each_language() -> None:
    blocks = [{"verified_on": None, "options": [{"verified_on": "2020-05-12"}]}]
    found = set(own_sentences(Wording.load(ROOT / "domain.yml"), {"blocks": blocks}))
    assert {"La suite : SUITE.", "SUITE para seguir leyendo.", "Vérifié le 12/05/2020", "Verified on 12 May 2020"} <= found
