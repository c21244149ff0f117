"""Floods, loops and numbers that are not served; long messages in parts; a provider that is polled."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import func, select, update

from channels.sms.providers.vonage import VonageAccount, signature
from conversations.delivery.sms_usage import limited_by_day, local_today
from conversations.steps.sms_limits import is_served
from core.database import Database
from core.database.base import now
from core.database.models import Delivery, Message, MessagePart, OptOut, Reply
from core.privacy.addresses import Addresses
from core.settings import Settings
from tests.integration.channels_support import guichet, served, settings_for, working
from tests.integration.servers import free_port
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.waiting import until

TODAY = partial(local_today, ZoneInfo("Europe/Paris"))


async def outcomes(database: Database) -> list[str | None]:
    async with database.read() as session:
        return list((await session.execute(select(Message.outcome).order_by(Message.seq))).scalars())


async def answered(database: Database, number: int) -> list[str | None]:
    async def all_answered() -> list[str | None] | None:
        found = await outcomes(database)
        return found if len(found) == number and None not in found else None

    found: list[str | None] = await until(all_answered)
    return found


async def count(database: Database, table: type) -> int:
    async with database.read() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def limited(database: Database) -> dict[str, int]:
    """Today's messages beyond a limit, by reason, as citizens' are counted."""
    async with database.read() as session:
        return dict((await limited_by_day(session, TODAY())).get(TODAY(), {}))


@pytest.mark.parametrize(
    ("number", "served_"),
    [
        ("+33639980001", True),
        ("+33199001234", True),
        ("+33899123456", False),
        ("+590690123456", True),
        ("+447700900123", False),
    ],
)
def test_numbers_that_are_served(number: str, served_: bool, tmp_path: Path) -> None:
    assert is_served(number, settings_for("", "", tmp_path)) is served_


def test_all_but_premium_rates(tmp_path: Path) -> None:
    settings = settings_for("", "", tmp_path, sms_allowed_prefixes="*,+338912")
    assert is_served("+447700900123", settings)
    assert not is_served("+33899123456", settings)
    assert is_served("+33891234567", settings)


async def test_a_flood_is_told_once_and_then_met_with_silence_but_stop_is_obeyed(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings, sms_messages_per_minute=3)
    async with guichet(settings) as service, working(settings):
        for number in range(6):
            await post(service.http, settings, inbound(f"question {number}"))
            await answered(database, number + 1)
        await post(service.http, settings, inbound("STOP"))
        found = await answered(database, 7)
    assert found == ["answered"] * 3 + ["command", "silent", "silent", "command"]
    assert "beaucoup de messages" in twilio.texts[-2]
    assert "plus de messages" in twilio.texts[-1]
    assert await limited(database) == {"minute": 3}


async def test_a_number_that_costs_too_much_work_is_told_and_another_is_answered(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    many = {"limit_work_seconds": 0.1, "sms_messages_per_minute": 1000, "sms_messages_per_day": 1000}
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings, **many)
    async with guichet(settings) as service, working(settings):
        found: list[str | None] = []
        while "command" not in found and len(found) < 100:  # each costs two milliseconds at least
            await post(service.http, settings, inbound(f"question {len(found)}"))
            found = await answered(database, len(found) + 1)
        await post(service.http, settings, inbound("une question", phone="+33639980099"))
        *before, refused, other = await answered(database, len(found) + 1)
    assert (set(before) - {"answered"}, refused, other) == (set(), "command", "answered")
    assert sum("beaucoup de messages" in text for text in twilio.texts) == 1
    assert await limited(database) == {"minute": 1}


async def test_a_day_has_its_limit(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings, sms_messages_per_day=2)
    async with guichet(settings) as service, working(settings):
        for number in range(4):
            await post(service.http, settings, inbound(f"question {number}"))
            await answered(database, number + 1)
        await post(service.http, settings, inbound("EFFACER"))  # which makes nothing good again
        await answered(database, 1)
        await post(service.http, settings, inbound("et maintenant ?"))
        found = await answered(database, 2)
    assert found == ["command", "silent"]
    assert sum("demain" in text for text in twilio.texts) == 1
    assert await limited(database) == {"day": 3}


async def test_a_person_in_danger_is_answered_beyond_the_limits_but_not_again_and_again(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings, sms_messages_per_day=1)
    async with guichet(settings) as service, working(settings):
        said = ("question", "autre question", "mon mari me frappe", "mon mari me tape encore", "une question")
        for number, text in enumerate(said):
            await post(service.http, settings, inbound(text))
            await answered(database, number + 1)
    assert await outcomes(database) == ["answered", "command", "crisis", "silent", "silent"]
    assert sum("3919" in text for text in twilio.texts) == 1


async def test_two_robots_that_answer_each_other_are_cut(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    async with guichet(settings) as service, working(settings):
        for number in range(7):
            await post(service.http, settings, inbound("Je suis absent,  je vous rappelle."))
            await answered(database, number + 1)
    assert await outcomes(database) == ["answered"] * 4 + ["silent"] * 3
    assert await limited(database) == {"loop": 3}


async def test_a_number_that_is_not_served_costs_nothing(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("carte perdue", phone="+33899123456"))
        assert await answered(database, 1) == ["silent"]
    assert twilio.sent == []
    assert await limited(database) == {"prefix": 1}


@pytest.mark.parametrize("keywords", [("START",), ("EFFACER",), ("STOP", "START", "EFFACER")])
async def test_keywords_are_obeyed_without_end_and_confirmed_within_what_a_number_may_cost(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio, keywords: tuple[str, ...]
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings, sms_segments_per_day=3)
    async with guichet(settings) as service, working(settings):
        for number in range(14):
            await post(service.http, settings, inbound(keywords[number % len(keywords)]))
            await until(partial(nothing_waits, database))
        await post(service.http, settings, inbound("STOP"))
        await until(partial(nothing_waits, database))
        assert await count(database, OptOut) == 1
    assert 4 <= len(twilio.sent) <= 8


async def nothing_waits(database: Database) -> bool:
    if None in await outcomes(database):  # asked first: an answer's delivery is there as soon as its outcome is
        return False
    async with database.read() as session:
        return not await session.scalar(select(func.count()).where(Delivery.status.in_(("queued", "sending"))))


@pytest.mark.parametrize("text", ["START", "STOP", "EFFACER"])
async def test_a_keyword_of_a_number_that_is_not_served_costs_nothing(
    database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio, text: str
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **twilio.settings)
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound(text, phone="+33899123456"))
        assert await answered(database, 1) == ["silent"]
    assert twilio.sent == []


ACCOUNT = VonageAccount("k", "s", "g", "33644630000")


@pytest.fixture
def vonage_settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(
        database_url,
        redis_url,
        tmp_path,
        sms_provider="vonage",
        vonage_key="k",
        vonage_secret="s",
        vonage_signature_secret="g",
        vonage_from="33644630000",
        vonage_base_url="http://127.0.0.1:9",
        public_url="https://guichet.exemple.fr",
    )


async def part(http: httpx.AsyncClient, number: int, total: int, text: str, reference: str = "7") -> int:
    fields = {
        "msisdn": "33639980001",
        "to": "33644630000",
        "messageId": f"0A0000000000{reference}{number:02d}",
        "text": text,
        "concat": "true",
        "concat-ref": reference,
        "concat-part": str(number),
        "concat-total": str(total),
    }
    fields["sig"] = signature(list(fields.items()), ACCOUNT)
    return (await http.get("/webhooks/sms/vonage", params=fields)).status_code


async def test_parts_in_any_order_and_twice_are_one_message(database: Database, vonage_settings: Settings) -> None:
    texts = {1: "Bonjour, j'ai per", 2: "du ma carte d'iden", 3: "tité, que faire ?"}
    async with guichet(vonage_settings) as service:
        for reference, order in enumerate(permutations((1, 2, 3)), 10):
            for number in order:
                assert await part(service.http, number, 3, texts[number], str(reference)) == 200
                assert await part(service.http, number, 3, texts[number], str(reference)) == 200
        for number in (3, 1, 2):  # somebody kept copies
            assert await part(service.http, number, 3, texts[number], "10") == 200
    async with database.read() as session:
        said = list((await session.execute(select(Message.text))).scalars())
    assert said == ["Bonjour, j'ai perdu ma carte d'identité, que faire ?"] * 6
    assert await count(database, MessagePart) == 0


async def test_a_message_with_a_missing_part_is_taken_as_far_as_it_came(database: Database, vonage_settings: Settings) -> None:
    async with guichet(vonage_settings) as service, working(vonage_settings, sweep_seconds=0.05):
        await part(service.http, 3, 3, "que faire ?")
        await part(service.http, 1, 3, "carte perdue,")
        assert await count(database, Message) == 0
        async with database.write() as session:
            (stored, *_) = (await session.execute(select(MessagePart))).scalars()
            assert b"carte" not in stored.content
            await session.execute(update(MessagePart).values(received_at=now() - timedelta(minutes=2)))
        await answered(database, 1)
    async with database.read() as session:
        assert (await session.execute(select(Message.text))).scalar_one() == "carte perdue, […] que faire ?"
    assert await count(database, MessagePart) == 0


async def test_parts_that_nobody_can_read_any_more_hold_up_nothing_else(vonage_settings: Settings, database: Database) -> None:
    """Their key was replaced, with no overlap, between one part and the next."""
    lost = Addresses("the key before").encrypt('["a", "b", "c", "d"]')
    async with database.write() as session:
        old = now() - timedelta(minutes=5)
        for digest, provider in (("unreadable", "vonage"), ("other", "vonage")):
            values = {"group_digest": digest, "part": 1, "total": 2, "provider": provider, "received_at": old}
            session.add(MessagePart(**values, content=lost))
    async with guichet(vonage_settings) as service, working(vonage_settings, sweep_seconds=0.05):
        for number in (1, 2):
            assert await part(service.http, number, 2, "carte perdue") == 200
        await answered(database, 1)
        await until(partial(_no_parts, database))


async def _no_parts(database: Database) -> bool:
    return await count(database, MessagePart) == 0


class FakeOvh:
    """One SMS account: what waits to be read, what was sent, what was deleted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.incoming: dict[int, dict[str, Any]] = {}
        self.sent: list[dict[str, Any]] = []

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/auth/time")
        async def clock() -> Response:
            return Response("1795336262", media_type="text/plain")

        @app.get("/sms/sms-1/incoming")
        async def waiting() -> list[int]:
            return list(self.incoming)

        @app.get("/sms/sms-1/incoming/{identifier}")
        async def read(identifier: int) -> dict[str, Any]:
            return self.incoming[identifier]

        @app.delete("/sms/sms-1/incoming/{identifier}")
        async def delete(identifier: int) -> None:
            del self.incoming[identifier]

        @app.get("/sms/sms-1/outgoing/{identifier}")
        async def state(identifier: int) -> dict[str, Any]:
            return {"id": identifier, "ptt": 4}

        @app.post("/sms/sms-1/jobs")
        async def job(request: Request) -> dict[str, Any]:
            self.sent.append(await request.json())
            return {"ids": [1000 + len(self.sent)], "totalCreditsRemoved": 1, "invalidReceivers": []}

        return app


async def test_replies_by_ovh_are_fetched_answered_and_their_states_asked_for(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    ovh = FakeOvh()
    settings = settings_for(
        database_url,
        redis_url,
        tmp_path,
        sms_provider="ovh",
        ovh_service="sms-1",
        ovh_application_key="a",
        ovh_application_secret="b",
        ovh_consumer_key="c",
        ovh_base_url=f"http://127.0.0.1:{ovh.port}",
        sms_poll_seconds=0.05,
        public_url="https://guichet.exemple.fr",
    )
    ovh.incoming[7] = {"id": 7, "sender": "+33639980001", "message": "carte perdue"}
    async with served(ovh.app(), ovh.port), guichet(settings), working(settings):

        async def delivered() -> bool:
            async with database.read() as session:
                states = list((await session.execute(select(Delivery.status))).scalars())
            return states == ["delivered", "delivered"]

        await until(delivered)
    assert ovh.incoming == {}
    assert ovh.sent[1]["message"].startswith("Réponse à carte perdue.")
    assert ovh.sent[1]["receivers"] == ["+33639980001"]
    assert await count(database, Reply) == 1
