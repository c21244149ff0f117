"""An answer of the website sent to a telephone: the number confirmed, kept no longer than needed, STOP and limits obeyed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from conversations.record.phone_copies import delete_expired_copies
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Delivery, Message, PhoneCopy, Reply
from core.settings import Settings
from tests.integration.channels_support import Citizen, guichet, served, settings_for, working
from tests.integration.handoff_support import ask
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.waiting import until

NUMBER, E164, HINT = "06 39 98 12 34", "+33639981234", "•• 34"


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    fake = FakeTwilio()
    async with served(fake.app(), fake.port):
        yield fake


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, **twilio.settings)


async def gone_out(twilio: FakeTwilio, count: int) -> None:
    async def enough() -> bool:
        return len(twilio.sent) >= count

    await until(enough)


def said(reply: dict[str, Any]) -> str:
    return " ".join(block.get("text") or "" for block in reply["blocks"])


async def press(citizen: Citizen, reply: dict[str, Any], number: int) -> dict[str, Any]:
    options = [option for block in reply["blocks"] for option in block.get("options", ())]
    return await ask(citizen, None, payload=options[number]["payload"])


async def pending(database: Database) -> list[PhoneCopy]:
    async with database.read() as session:
        return list((await session.execute(select(PhoneCopy))).scalars())


async def test_an_answer_goes_to_the_confirmed_number_once(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        assert "Posez d’abord" in said(await ask(citizen, "par sms"))
        await ask(citizen, f"carte d'identité, mon numéro est le {NUMBER}")  # not asked for: not kept
        assert "À quel numéro" in said(await ask(citizen, "par sms"))
        assert (await pending(database))[0].number is None
        confirm = await ask(citizen, f"au {NUMBER} svp")
        assert HINT in said(confirm)
        assert twilio.sent == []
        assert HINT in said(await press(citizen, confirm, 0))
        await gone_out(twilio, 2)
    assert [message["To"] for message in twilio.sent] == [E164, E164]  # who writes and how to stop; then the answer
    assert "STOP" in twilio.sent[0]["Body"]
    assert "Demandé sur notre site : Carte d'identité" in twilio.sent[1]["Body"]
    assert await pending(database) == []
    async with database.read() as session:
        texts = list((await session.execute(select(Message.text))).scalars())
        spoken = str(list((await session.execute(select(Reply.blocks))).scalars()))
    assert not any("98 12" in (text or "") for text in texts)
    assert "98 12" not in spoken


async def test_another_number_a_question_between_and_second_thoughts(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "passeport")
        await ask(citizen, "par sms")
        assert "pas reconnu" in said(await ask(citizen, "06 12"))
        await ask(citizen, NUMBER)
        assert (await ask(citizen, "et combien ça coûte ?"))["outcome"] == "answered"
        assert "•• 66" in said(await ask(citizen, "plutôt le 06 39 98 55 66"))
        assert "rien" in said(await ask(citizen, "non"))
        assert await pending(database) == []
        assert "•• 34" not in said(await ask(citizen, NUMBER))  # nothing is kept after that
        assert await pending(database) == []
    assert twilio.sent == []


async def test_who_sent_stop_gets_nothing_and_the_website_does_not_learn_why(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("STOP", phone=E164))
        await gone_out(twilio, 1)
        for number in (NUMBER, "+44 7400 123456"):  # silent; abroad
            citizen = await service.citizen()
            for text in ("passeport", "par sms", number):
                reply = await ask(citizen, text)
            assert "ne peux pas" in said(await press(citizen, reply, 0)), number
    assert len(twilio.sent) == 1


async def test_a_telephone_gets_three_a_day(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "passeport")
        ends = []
        for _ in range(4):
            await ask(citizen, "par sms")
            ends.append(said(await press(citizen, await ask(citizen, NUMBER), 0)))
        await gone_out(twilio, 4)
    assert ["ne peux pas" in end for end in ends] == [False, False, False, True]
    assert len(twilio.sent) == 4


async def test_strangers_telephones_are_not_written_to_without_end(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    """Each number has a limit of its own, and there are millions of numbers."""
    limited = settings.model_copy(update={"sms_service_copies_per_day": 2})
    async with guichet(limited) as service, working(limited):
        ends = []
        for number in range(3):
            citizen = await service.citizen()
            for text in ("passeport", "par sms", f"06 39 98 55 0{number}"):
                reply = await ask(citizen, text)
            ends.append(said(await press(citizen, reply, 0)))
        await gone_out(twilio, 4)
    assert ["ne peux pas" in end for end in ends] == [False, False, True]
    assert len(twilio.sent) == 4  # each with the notice of a first contact


async def test_what_nobody_confirmed_or_answered_is_forgotten(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        for text in ("passeport", "par sms", NUMBER, "oui", "par sms", "06 39 98 55 66"):
            reply = await ask(citizen, text)
        await gone_out(twilio, 2)
        async with database.write() as session:
            await session.execute(update(PhoneCopy).values(asked_at=now() - timedelta(minutes=16)))
        assert "plus ce numéro" in said(await press(citizen, reply, 0))
        await until(lambda: _all_sent(database))
        await delete_expired_copies(database)
        assert await pending(database) == []
        assert await _phones(database) == 1
        async with database.write() as session:
            await session.execute(
                update(Conversation).where(Conversation.channel == "sms").values(last_at=now() - timedelta(hours=25))
            )
        await delete_expired_copies(database)
        assert await _phones(database) == 0


async def _phones(database: Database) -> int:
    async with database.read() as session:
        found = await session.execute(select(func.count()).where(Conversation.channel == "sms"))
        return int(found.scalar_one())


async def _all_sent(database: Database) -> bool:
    async with database.read() as session:
        waiting = await session.execute(select(func.count()).where(Delivery.status.in_(("queued", "sending"))))
        return waiting.scalar_one() == 0


async def test_without_sms_it_is_said(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, sms_provider="")
    async with guichet(settings) as service, working(settings):
        citizen = await service.citizen()
        await ask(citizen, "passeport")
        assert "pas de SMS ici" in said(await ask(citizen, "par sms"))
