"""Repeat, another language, erase, and dangers: what the worker says and writes down. On SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core.database import Database
from core.database.models import Conversation
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    # Far beyond what any disk holds a process up: a turn over its time is a fallback, and no test here is about time.
    return settings_for(database_url, redis_url, tmp_path)


async def test_the_last_reply_is_said_again_and_its_buttons_still_work(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("choix")
        (first,) = await citizen.answered(1)
        await citizen.post("répétez")
        _, again = await citizen.answered(2)
        pressed = await citizen.post(None, payload=again["blocks"][0]["options"][1]["payload"])
        *_, shown = await citizen.answered(3)
    assert (again["outcome"], again["text"]) == (first["outcome"], first["text"])
    assert pressed.status_code == 202
    assert shown["outcome"] == "answered"


async def test_with_nothing_to_repeat_it_says_so(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("répétez")
        (reply,) = await citizen.answered(1)
    assert "encore rien" in reply["text"]


async def test_a_conversation_goes_on_in_another_language(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen(language="fr")
        await citizen.post("in English")
        (reply,) = await citizen.answered(1)
        await citizen.post("")
        *_, blank = await citizen.answered(2)
    assert reply["text"].startswith("All right")
    assert blank["text"].startswith("Your message is empty")
    async with database.read() as session:
        assert (await session.execute(select(Conversation.language))).scalar_one() == "en"


async def test_buttons_are_answered_in_the_language_written_last_until_another_is_chosen(
    settings: Settings, database: Database
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen(language="fr")
        await citizen.post("choix")
        (first,) = await citizen.answered(1)
        button = first["blocks"][0]["options"][1]["payload"]
        await citizen.post("how can I renew my passport please")
        await citizen.answered(2)
        await citizen.post(None, payload=button)
        await citizen.answered(3)
        async with database.read() as session:
            kept = (await session.execute(select(Conversation.language, Conversation.spoken))).one()
        await service.http.post("/api/web/language", json={"language": "fr"}, headers=citizen.headers)
        await citizen.post(None, payload=button)
        await citizen.answered(4)
    assert tuple(kept) == ("fr", "en")
    assert service.rasa.languages == ["fr", "en", "en", "fr"]


async def test_a_number_instead_of_a_yes_reaches_the_form_masked(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("06 12 34 56 78")
        (refused,) = await citizen.answered(1)
        await citizen.post("rappelez-moi")
        await citizen.answered(2)
        await citizen.post("06 12 34 56 78")
        await citizen.answered(3)
    assert refused["outcome"] == "personal_data"
    assert [said for _, said in service.rasa.handled] == ["rappelez-moi", "•••"]


async def test_a_confirmed_erasure_closes_the_conversation(settings: Settings, database: Database) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("tout effacer")
        await citizen.answered(1)
    async with database.read() as session:
        assert (await session.execute(select(Conversation.closing))).scalar_one() is True


async def test_a_danger_that_only_the_engine_sees_gets_numbers_and_answer(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await citizen.post("il me fait vivre un enfer")
        (reply,) = await citizen.answered(1)
    assert reply["outcome"] == "crisis"
    assert "3919" in reply["blocks"][0]["text"]


async def test_a_danger_is_answered_while_the_engine_is_down(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        service.rasa.failing = 1_000
        citizen = await service.citizen()
        await citizen.post("mon mari me frappe")
        (reply,) = await citizen.answered(1)
    assert (reply["outcome"], "3919" in reply["text"]) == ("crisis", True)
    assert service.rasa.calls == 0


async def test_what_goes_on_about_a_danger_is_heard_from_the_record(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for number, text in enumerate(["il est là", "mon mari me frappe", "je ne peux pas parler"], 1):
            await citizen.post(text)
            replies = await citizen.answered(number)
    assert [reply["outcome"] for reply in replies] == ["answered", "crisis", "crisis"]
    assert "114" in replies[-1]["blocks"][0]["text"]
    assert service.rasa.calls == 1


async def test_a_danger_told_before_another_is_still_feared(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        told = ["mon mari me frappe", "je ne sais pas où dormir cette nuit", "il est là", "personne ne m'aide"]
        for number, text in enumerate(told, 1):
            await citizen.post(text)
            replies = await citizen.answered(number)
    assert "SMS au 114" in replies[2]["blocks"][0]["text"]
    assert all(number in replies[3]["text"] for number in ("115", "3919"))


async def test_it_goes_on_in_the_language_of_the_danger(settings: Settings) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for number, text in enumerate(["o meu marido bate-me", "ele está aqui"], 1):
            await citizen.post(text)
            replies = await citizen.answered(number)
    assert "envie um SMS para o 114" in replies[1]["blocks"][0]["text"]
