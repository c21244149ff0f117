"""A message's way to its reply: order, repetition, failure, privacy. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database import Database
from core.database.models import Message, Reply
from core.settings import Settings
from tests.integration.channels_support import Citizen, guichet, settings_for, working
from tests.waiting import until


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    # Far beyond what any disk holds a process up: a turn over its time is a fallback, and no test here is about time.
    return settings_for(database_url, redis_url, tmp_path)


async def test_a_message_gets_its_sourced_reply(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen(language="fr")
        sent = await citizen.post("carte perdue", "m-1")
        assert sent.status_code == 202
        (reply,) = await citizen.answered(1)
    assert reply["in_reply_to"] == "m-1"
    assert (reply["outcome"], reply["entry"], reply["entry_version"], reply["snapshot"]) == ("answered", "F1", 3, "s1")
    assert "Réponse à carte perdue." in reply["text"]
    assert "Vérifié le 01/02/2020" in reply["text"]


async def test_messages_of_a_conversation_are_answered_in_their_order_and_one_at_a_time(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings), working(settings):
        citizens = [await service.citizen() for _ in range(4)]
        for number in range(6):
            for citizen in citizens:
                await citizen.post(f"question {number}")
        for citizen in citizens:
            await citizen.answered(6)
    for citizen in citizens:
        said = [text for conversation, text in service.rasa.handled if conversation == citizen.conversation]
        assert said == [f"question {number}" for number in range(6)]
    assert service.rasa.overlaps == 0


async def test_fifty_identical_posts_at_once_are_one_message(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        responses = await asyncio.gather(*(citizen.post("bonjour", "same") for _ in range(50)))
        assert {response.status_code for response in responses} == {202}
        assert len({response.json()["seq"] for response in responses}) == 1
        await citizen.answered(1)
        again = await citizen.post("bonjour", "same")
        assert again.json() == responses[0].json()
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Message))).scalar_one() == 1
        assert (await session.execute(select(func.count()).select_from(Reply))).scalar_one() == 1
    assert service.rasa.calls == 1


async def test_a_turn_that_fails_at_first_is_tried_again_with_the_same_id(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        service.rasa.failing = 2
        citizen = await service.citizen()
        await citizen.post("bonjour")
        (reply,) = await citizen.answered(1)
    assert reply["outcome"] == "answered"
    assert (service.rasa.calls, len(service.rasa.handled)) == (3, 1)


@pytest.mark.parametrize("trouble", ["never ends", "always fails", "gives nonsense"])
async def test_trouble_in_the_engine_ends_in_a_fallback(settings: Settings, trouble: str) -> None:
    settings = settings.model_copy(update={"web_turn_seconds": 3.0})
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        if trouble == "never ends":
            service.rasa.gate.clear()
        elif trouble == "always fails":
            service.rasa.failing = 1_000
        await citizen.post("nonsense" if trouble == "gives nonsense" else "bonjour")
        (reply,) = await citizen.answered(1)
        assert reply["outcome"] == "fallback"
        assert settings.organisation in reply["text"]
        service.rasa.failing = 0
        service.rasa.gate.set()
        await until(lambda: _is_answered(citizen))


async def test_without_an_engine_there_is_a_fallback_and_answers_again_after_recovery(settings: Settings) -> None:
    from tests.integration.channels_support import FakeRasa, served

    stopped = settings.model_copy(update={"rasa_port": settings.actions_port, "web_turn_seconds": 3.0})
    async with guichet(settings) as service, working(stopped):
        citizen = await service.citizen()
        await citizen.post("bonjour")
        assert (await citizen.answered(1))[0]["outcome"] == "fallback"
        rasa = FakeRasa()
        async with served(rasa.app(), stopped.rasa_port):
            await until(lambda: _is_answered(citizen))


async def test_personal_data_reaches_neither_the_engine_nor_the_record(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("mon numéro est le 06 12 34 56 78, comment changer de nom ?")
        await citizen.post("FR76 3000 6000 0112 3456 7890 189")
        with_notice, only = await citizen.answered(2)
    assert service.rasa.handled == [(citizen.conversation, "mon numéro est le •••, comment changer de nom ?")]
    assert [block["type"] for block in with_notice["blocks"]] == ["notice", "answer"]
    assert with_notice["outcome"] == "answered"
    assert only["outcome"] == "personal_data"
    async with database.read() as session:
        rows = (await session.execute(select(Message.text, Message.masked).order_by(Message.seq))).all()
    assert [list(row) for row in rows] == [
        ["mon numéro est le •••, comment changer de nom ?", ["phone"]],
        ["•••", ["iban"]],
    ]


async def test_a_blank_message_gets_a_sentence(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen(language="en")
        await citizen.post(" \n ")
        (reply,) = await citizen.answered(1)
    assert "empty" in reply["text"]
    assert service.rasa.calls == 0


async def test_the_words_of_a_button_are_that_button_until_something_else_is_said(
    settings: Settings, database: Database
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for count, text in enumerate(("choix", "Choix B", "choix", "CHOIX a, svp", "Choix B"), 1):
            await citizen.post(text)
            await citizen.answered(count)
    said = [text for _, text in service.rasa.handled]
    assert said == ["choix", '/choose{"entry": "B"}', "choix", '/choose{"entry": "A"}', "Choix B"]
    async with database.read() as session:
        kept = (await session.execute(select(Message.text, Message.payload).order_by(Message.seq))).all()
    assert [(text, payload) for text, payload in kept if payload] == [
        ("Choix B", '/choose{"entry": "B"}'),
        ("CHOIX a, svp", '/choose{"entry": "A"}'),
    ]


async def _is_answered(citizen: Citizen) -> bool:
    """Asks once more; whether the engine answered."""
    count = len(await citizen.answered(1))
    await citizen.post("et maintenant ?")
    return bool((await citizen.answered(count + 1))[-1]["outcome"] == "answered")


async def _has(handled: list[tuple[str, str]], expected: tuple[str, str]) -> bool:
    return expected in handled


async def _aiter(chunks: Any) -> Any:
    for chunk in chunks:
        yield chunk
