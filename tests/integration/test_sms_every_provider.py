"""A conversation of ten turns through the simulator as each provider plays it, and what may go wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core.database import Database
from core.database.models import Conversation, Delivery, Message, OptOut, SmsUsage
from core.settings import Settings
from supervision.handoffs.handoff_actions import Refused
from supervision.handoffs.listing import list_handoffs
from tests.integration.channels_support import Guichet, guichet, settings_for, working
from tests.integration.databases import postgresql_when_long
from tests.integration.handoff_support import desk_of
from tests.integration.sms_operators import SIMULATED_PROVIDERS, use_provider
from tests.waiting import until

PHONE = "+33639980001"
LONG = " ".join(f"mot{n}" for n in range(120))

pytestmark = postgresql_when_long  # test_sms_deliveries and test_sms_webhooks run on both
each_provider = pytest.mark.parametrize("provider", SIMULATED_PROVIDERS, indirect=True)


@pytest.fixture
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The provider that the simulator simulates: Twilio, unless the test says otherwise."""
    name: str = getattr(request, "param", "simulator")
    use_provider(monkeypatch, name)
    return name


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, sms_poll_seconds=0.05)


@pytest.fixture
async def service(settings: Settings, provider: str) -> AsyncIterator[Guichet]:
    async with guichet(settings) as running, working(settings, sweep_seconds=0.1):
        yield running


async def send(service: Guichet, text: str) -> None:
    sent = await service.http.post("/simulator/messages", json={"phone": PHONE, "text": text})
    assert (sent.status_code, sent.json()["status"]) == (202, "delivered")


async def received(service: Guichet, number: int) -> list[dict[str, Any]]:
    """What the phone got, once it is ``number`` texts."""

    async def enough() -> list[dict[str, Any]] | None:
        path = f"/simulator/phones/{PHONE.replace('+', '%2B')}/transcript.json"
        messages = (await service.http.get(path)).json()["messages"]
        found = [message for message in messages if message["direction"] == "to_phone"]
        return found if len(found) >= number else None

    found: list[dict[str, Any]] = await until(enough)
    assert len(found) == number
    return found


async def statuses(database: Database, *expected: str) -> None:
    async def reached() -> bool:
        async with database.read() as session:
            rows = await session.execute(select(Delivery.status).order_by(Delivery.seq))
            return tuple(rows.scalars()) == expected

    await until(reached)


@each_provider
async def test_ten_turns(service: Guichet, database: Database, provider: str) -> None:
    turns = [
        ("carte perdue", 2, "Réponse à carte perdue"),
        ("choix", 3, "1 Choix A"),
        ("le deuxième", 4, "Réponse à"),
        (LONG, 5, "La suite : SUITE"),
        ("SUITE", 6, "mot"),
        ("et pour un mineur ?", 7, "Réponse à et pour un mineur"),
        ("STOP", 8, "plus de messages"),
    ]
    for text, number, expected in turns:
        await send(service, text)
        assert expected in (await received(service, number))[-1]["body"]
    await send(service, "carte perdue")

    async def silenced() -> bool:
        async with database.read() as session:
            outcomes = list((await session.execute(select(Message.outcome).order_by(Message.seq))).scalars())
        return len(outcomes) == 8 and outcomes[-1] == "silent"

    await until(silenced)
    await send(service, "START")
    assert "à nouveau" in (await received(service, 9))[-1]["body"]
    await send(service, "contact")
    assert "joindre" in (await received(service, 10))[-1]["body"]
    await statuses(database, *["delivered"] * 10)
    async with database.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars()
        usage = (await session.execute(select(SmsUsage.origin, SmsUsage.received, SmsUsage.messages))).all()
    assert (conversation.provider, conversation.origin) == (provider, "simulator")
    assert [tuple(row) for row in usage] == [("simulator", 10, 10)]
    assert len(service.rasa.handled) == 5


@each_provider
async def test_a_human_answers_by_sms_and_stop_is_obeyed_by_humans_too(
    service: Guichet, settings: Settings, database: Database, provider: str
) -> None:
    async with desk_of(settings, database) as desk:
        await send(service, "humain")
        await received(service, 2)
        (waiting,) = await list_handoffs(database)
        claim = await desk.claim(waiting.id, "anne")
        assert "anne" not in (await received(service, 3))[-1]["body"]  # that somebody has come, not who
        await desk.reply(claim, "Bonjour, je regarde votre dossier avec vous.")
        assert (await received(service, 4))[-1]["body"] == "Bonjour, je regarde votre dossier avec vous."
        await statuses(database, *["delivered"] * 4)
        await send(service, "STOP")
        assert "plus de messages" in (await received(service, 5))[-1]["body"]
        with pytest.raises(Refused, match="opted_out"):
            await desk.reply(claim, "Êtes-vous là ?")
    await statuses(database, *["delivered"] * 5)


@each_provider
async def test_stop_where_the_provider_refuses_what_follows_is_obeyed_not_insisted_on_and_undone_by_start(
    service: Guichet, database: Database, provider: str
) -> None:
    """Twilio's 21610 is such a refusal: its own list of opt-outs, and its own confirmation."""
    await decide(service, "refused")
    await send(service, "STOP")
    await statuses(database, "failed")  # the confirmation: nothing else is tried
    async with database.read() as session:
        attempts = (await session.execute(select(Delivery.attempts, Delivery.provider))).all()
        assert {tuple(row) for row in attempts} == {(1, provider)}  # not again, and by no other provider
        assert (await session.execute(select(func.count()).where(OptOut.lifted_at.is_(None)))).scalar_one() == 1
    await decide(service, "normal")
    await send(service, "START")
    assert "à nouveau" in (await received(service, 1))[-1]["body"]
    await send(service, "STOP")  # and where the provider has no list of its own, the confirmation arrives
    assert "plus de messages" in (await received(service, 2))[-1]["body"]


@each_provider
async def test_everything_twice_is_said_once(service: Guichet, database: Database, provider: str) -> None:
    await decide(service, "twice")
    await send(service, LONG[:300])
    await received(service, 2)
    await statuses(database, "delivered", "delivered")
    assert len(service.rasa.handled) == 1


async def decide(service: Guichet, fate: str) -> None:
    path = f"/simulator/phones/{PHONE.replace('+', '%2B')}/fate"
    assert (await service.http.put(path, json={"fate": fate})).status_code == 204


@each_provider
async def test_a_message_that_never_arrives(service: Guichet, database: Database, provider: str) -> None:
    await decide(service, "undelivered")
    await send(service, "carte perdue")
    await statuses(database, "failed", "failed")


@each_provider
async def test_a_number_that_is_refused_is_not_tried_again(service: Guichet, database: Database, provider: str) -> None:
    await decide(service, "refused")
    await send(service, "carte perdue")
    await statuses(database, "failed", "failed")
    async with database.read() as session:
        assert set((await session.execute(select(Delivery.attempts))).scalars()) == {1}


@each_provider
async def test_a_provider_that_is_busy_is_tried_again(service: Guichet, database: Database, provider: str) -> None:
    await decide(service, "busy")
    await send(service, "carte perdue")

    async def tried() -> bool:
        async with database.read() as session:
            attempts = (await session.execute(select(Delivery.attempts).order_by(Delivery.part))).scalars().all()
        return len(attempts) == 2 and attempts[0] > 0  # its second part waits for the first

    await until(tried)
    await decide(service, "normal")
    await statuses(database, "delivered", "delivered")


async def test_a_lost_receipt_leaves_a_message_sent(service: Guichet, database: Database) -> None:
    await decide(service, "silent")
    await send(service, "carte perdue")
    await received(service, 2)
    await statuses(database, "sent", "sent")


@pytest.mark.parametrize("provider", ["simulator-vonage"], indirect=True)
async def test_the_transcript_tells_cost_and_state(service: Guichet, database: Database) -> None:
    await send(service, "carte perdue")
    await statuses_at_phone(service, "delivered")
    path = f"/simulator/phones/{PHONE.replace('+', '%2B')}/transcript.json"
    file = await service.http.get(path)
    assert file.headers["content-disposition"] == 'attachment; filename="sms-33639980001.json"'
    asked, *answers = file.json()["messages"]
    assert (asked["direction"], asked["euros"], asked["provider"]) == ("from_phone", 0, "simulator-vonage")
    assert all(answer["euros"] == 0.05 * answer["measure"]["segments"] for answer in answers)


async def statuses_at_phone(service: Guichet, status: str) -> None:
    async def reached() -> bool:
        return {message["status"] for message in await received(service, 2)} == {status}

    await until(reached)


async def test_an_unknown_fate_is_refused(service: Guichet) -> None:
    path = f"/simulator/phones/{PHONE.replace('+', '%2B')}/fate"
    assert (await service.http.put(path, json={"fate": "magic"})).status_code == 422
