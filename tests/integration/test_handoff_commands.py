"""``./guichet handoffs`` as a supervisor types it, each command a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conversations.record.opening import open_conversation
from core.database import Database
from core.database.base import now
from core.database.models import Handoff, HeldAnswer, Message
from core.handoff import Kind, Reason, State
from core.privacy.addresses import Addresses
from core.turns import Origin
from tests import commands
from tests.integration.migrated import migrated

type Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``guichet handoffs …`` on a record with a citizen who waits and a call to make."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    asyncio.run(_prepare(url))
    environment = {
        "PATH": os.environ["PATH"],
        "GUICHET_LANG": "en",
        "GUICHET_HOME": str(tmp_path),
        "DATABASE_URL": url,
        "REDIS_URL": "redis://127.0.0.1:1",
        "GUICHET_SECRET_KEY": "secret-key",
        "GUICHET_INTERNAL_SECRET": "internal-secret",
        "GUICHET_ADDRESS_KEY": "address-key",
    }

    def command(*arguments: str, who: str = "anne") -> subprocess.CompletedProcess[str]:
        acting = ("--as", who) if arguments[0] != "list" else ()
        return commands.run(["handoffs", *arguments, *acting], environment)

    return command


async def _prepare(url: str) -> None:
    await migrated(url)
    database = Database(url)
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN)
        await session.flush()
        session.add(
            Message(
                id="m", conversation_id=conversation.id, external_id="m", dedup="m", text="carte perdue", outcome="answered"
            )
        )
        about = {"conversation_id": conversation.id, "state": State.WAITING, "reason": Reason.ASKED, "waiting_since": now()}
        session.add(Handoff(id="chat0001", kind=Kind.CHAT, subject="carte perdue", **about))
        number = Addresses("address-key").encrypt("+33199001234")
        session.add(Handoff(id="call0001", kind=Kind.CALL_BACK, number=number, number_hint="•• 34", best_time="lundi", **about))
    async with database.write() as session:
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN)
        await session.flush()
        about = {"conversation_id": conversation.id, "reason": Reason.SUBJECT, "waiting_since": now()}
        session.add(Handoff(id="check001", kind=Kind.VALIDATION, state=State.WAITING, subject="prix du permis", **about))
        await session.flush()
        for nth, text in enumerate(("Le permis est gratuit.", "Il faut 25 euros."), 1):
            message = {"id": f"q{nth}", "external_id": f"q{nth}", "dedup": f"q{nth}", "text": f"question {nth}"}
            session.add(Message(conversation_id=conversation.id, outcome="checking", **message))
            await session.flush()
            held = {"handoff_id": "check001", "message_id": f"q{nth}", "due_at": now() + timedelta(hours=1)}
            blocks = [{"type": "text", "text": text}]
            session.add(
                HeldAnswer(id=f"a{nth}", conversation_id=conversation.id, outcome="answered", blocks=blocks, entry="F1", **held)
            )
    await database.close()


def _json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_from_the_list_to_the_end(run: Run) -> None:
    rows = {row["id"]: row for row in _json(run("list", "--json"))}
    assert {"state": "waiting", "channel": "web", "subject": "carte perdue", "place": 1}.items() <= rows["chat0001"].items()
    assert rows["call0001"]["number"] == "•• 34"
    assert _json(run("claim", "chat", "--json"))["owner"] == "anne"  # the beginning of an id will do
    other = run("claim", "chat", who="paul")
    assert (other.returncode, "anne already has it" in other.stderr) == (1, True)
    assert run("reply", "chat", "À nous", who="paul").returncode == 1
    assert run("reply", "chat", "Bonjour").returncode == 0
    shown = _json(run("show", "chat", "--json"))
    assert (shown["lines"][0]["who"], shown["lines"][0]["text"]) == ("citizen", "carte perdue")
    assert shown["lines"][-1]["text"] == "Bonjour"
    assert run("release", "chat").returncode == 0
    assert _json(run("claim", "chat", "--json", who="paul"))["fencing"] == 2
    assert _json(run("close", "chat", "--to-bot", "--json", who="paul"))["state"] == "returned"
    assert [row["id"] for row in _json(run("list", "--json"))] == ["call0001", "check001"]
    assert [row["id"] for row in _json(run("list", "--ended", "--json"))] == ["chat0001"]


def test_the_number_is_shown_to_who_makes_the_call_only(run: Run) -> None:
    assert _json(run("show", "call", "--json"))["call"] is None
    run("claim", "call")
    assert _json(run("show", "call", "--json", who="paul"))["call"] is None
    assert _json(run("show", "call", "--json"))["call"] == "+33199001234"
    run("close", "call")
    ended = _json(run("list", "--ended", "--json"))
    assert [(row["id"], row["number"]) for row in ended] == [("call0001", "")]


def test_answers_that_wait_for_a_word_are_let_out_as_they_are_or_refused(run: Run) -> None:
    shown = _json(run("show", "check", "--json"))["lines"]
    assert [line["text"] for line in shown if line["who"] == "held"] == ["Le permis est gratuit.", "Il faut 25 euros."]
    early = run("approve", "check")
    assert (early.returncode, "Claim it first" in early.stderr) == (1, True)
    assert _json(run("claim", "check", "--json"))["owner"] == "anne"
    assert run("approve", "check", who="paul").returncode == 1
    assert _json(run("approve", "check", "--json"))["state"] == "claimed"  # another one waits
    shown = _json(run("show", "check", "--json"))["lines"]
    (out,) = [line for line in shown if line["who"] == "bot"]
    assert (out["text"], out["entry"], out["author"]) == ("Le permis est gratuit.", "F1", "anne")
    assert _json(run("refuse", "check", "--json"))["state"] == "closed"
    shown = _json(run("show", "check", "--json"))["lines"]
    assert not [line for line in shown if line["who"] == "held"]
    assert not [line for line in shown if "25 euros" in line["text"]]  # the citizen is told something else
    assert "is over" in run("approve", "check").stderr


def test_a_held_answer_is_replaced_by_a_supervisor_s_own_words(run: Run) -> None:
    run("claim", "check")
    assert _json(run("reply", "check", "Le permis coûte 30 euros.", "--json"))["state"] == "claimed"
    shown = _json(run("show", "check", "--json"))["lines"]
    assert [line["text"] for line in shown if line["who"] == "human"] == ["Le permis coûte 30 euros."]
    assert [line["text"] for line in shown if line["who"] == "held"] == ["Il faut 25 euros."]


@pytest.mark.parametrize("arguments", [("claim", "nothing"), ("claim", "c"), ("show", "%%%%"), ("close", "nobody")])
def test_an_id_that_is_none_is_a_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.returncode == 1
    assert "./guichet handoffs list" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_list_is_a_table_for_people(run: Run) -> None:
    shown = run("list")
    assert "chat0001" in shown.stdout
    assert "lundi" in shown.stdout
    assert "1234" not in shown.stdout
