"""What becomes of an SMS that goes out: retries, the second provider, the deadline, budgets, and the accounts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import delete, select, text, update

from channels.sms.causes import is_temporary
from cli.sms.usage import costs, problem_deliveries
from conversations.delivery.outbound import DeliveryRules, Outbound, record_receipt
from conversations.ports import DeliveryReceipt, OutboundMessage, SendReceipt
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Delivery, NumberUsage, Reply, SmsUsage
from core.privacy.addresses import Addresses
from core.settings import Settings
from tests.integration.channels_support import guichet, served, settings_for, working
from tests.integration.servers import free_port
from tests.integration.sms_support import ACCOUNT, PATH, PHONE, FakeTwilio, inbound, message_id, post, receipt, sweep
from tests.waiting import until


class FakeVonage:
    """Takes everything; keeps it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.sent: list[dict[str, str]] = []

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "sms_second_provider": "vonage",
            "vonage_key": "k",
            "vonage_secret": "s",
            "vonage_signature_secret": "g",
            "vonage_from": "33644630000",
            "vonage_base_url": f"http://127.0.0.1:{self.port}",
        }

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/sms/json")
        async def create(request: Request) -> JSONResponse:
            self.sent.append({name: str(value) for name, value in (await request.form()).items()})
            message = {"status": "0", "message-id": f"0A{len(self.sent):014d}"}
            return JSONResponse({"message-count": "1", "messages": [message]})

        return app


@pytest.fixture
async def vonage() -> AsyncIterator[FakeVonage]:
    fake = FakeVonage()
    async with served(fake.app(), fake.port):
        yield fake


@pytest.fixture
def make_settings(database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> Any:
    def make(**changes: Any) -> Settings:
        return settings_for(database_url, redis_url, tmp_path, **(twilio.settings | changes))

    return make


async def deliveries(database: Database) -> list[Delivery]:
    async with database.read() as session:
        return list((await session.execute(select(Delivery).order_by(Delivery.seq))).scalars())


async def settled(database: Database, number: int, *statuses: str) -> list[Delivery]:
    async def all_settled() -> list[Delivery] | None:
        found = await deliveries(database)
        return found if len(found) >= number and all(one.status in statuses for one in found) else None

    found: list[Delivery] = await until(all_settled)
    return found


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Any]:
    async with guichet(settings) as service, working(settings, sweep_seconds=0.05):
        yield service


async def hurry(database: Database) -> None:
    """Let every pause be over. One that is being sent is left alone: it would pass for lost."""
    async with database.write() as session:
        waiting = update(Delivery).where(Delivery.status == "queued")
        await session.execute(waiting.values(updated_at=now() - timedelta(hours=1)))


async def test_a_provider_that_keeps_failing_hands_over_to_the_second(
    make_settings: Any, database: Database, twilio: FakeTwilio, vonage: FakeVonage
) -> None:
    settings = make_settings(**vonage.settings)
    twilio.answers = [(503, 20503)] * 6
    async with running(settings) as service:
        await post(service.http, settings, inbound("carte perdue"))

        async def all_sent() -> bool:
            await hurry(database)
            return len(vonage.sent) == 2

        await until(all_sent)
        found = await settled(database, 2, "sent")
    assert {one.provider for one in found} == {"vonage"}
    assert twilio.sent == []
    assert {message["to"] for message in vonage.sent} == {"33639980001"}


async def test_an_account_that_is_refused_hands_over_at_once_and_a_bad_number_does_not(
    make_settings: Any, database: Database, twilio: FakeTwilio, vonage: FakeVonage
) -> None:
    settings = make_settings(**vonage.settings)
    twilio.answers = [(403, 20005), (400, 21610)]
    async with running(settings) as service:
        await post(service.http, settings, inbound("carte perdue"))

        async def both() -> bool:
            await hurry(database)
            return {one.status for one in await deliveries(database)} == {"sent", "failed"}

        await until(both)
    first, second = await deliveries(database)
    assert (first.status, first.provider) == ("sent", "vonage")
    assert (second.status, second.provider, second.error) == ("failed", "twilio", "21610")


async def test_what_nobody_takes_in_time_expires(make_settings: Any, database: Database, twilio: FakeTwilio) -> None:
    settings = make_settings(sms_delivery_minutes=5)
    twilio.answers = [(503, 20503)] * 1000
    async with running(settings) as service:
        await post(service.http, settings, inbound("carte perdue"))

        async def tried() -> bool:
            return any(one.attempts for one in await deliveries(database))

        await until(tried)
        async with database.write() as session:
            await session.execute(update(Delivery).values(created_at=now() - timedelta(minutes=6)))

        async def expired() -> bool:
            await hurry(database)
            return {one.status for one in await deliveries(database)} == {"expired"}

        await until(expired)
    assert {one.error for one in await deliveries(database)} <= {"20503", "deadline"}
    assert twilio.sent == []


async def test_what_the_network_drops_for_want_of_room_goes_out_twice_more_at_most(
    make_settings: Any, database: Database, twilio: FakeTwilio
) -> None:
    settings = make_settings()
    async with running(settings) as service:
        await post(service.http, settings, inbound("STOP"))
        for time in range(1, 4):

            async def taken() -> bool:
                await hurry(database)
                return [one.status for one in await deliveries(database)] == ["sent"] and len(twilio.sent) == time  # noqa: B023

            await until(taken)
            await receipt(service.http, settings, twilio.sent[-1]["sid"], "failed", "30001")
        (delivery,) = await settled(database, 1, "failed")
        await receipt(service.http, settings, twilio.sent[0]["sid"], "delivered")  # too late: that one was given up
    assert (delivery.attempts, delivery.error, len(twilio.sent)) == (3, "30001", 3)
    assert [one.status for one in await deliveries(database)] == ["failed"]


async def test_every_message_is_in_the_accounts_and_names_nobody(
    make_settings: Any, database: Database, twilio: FakeTwilio
) -> None:
    settings = make_settings(sms_segment_euros=0.06)
    async with running(settings) as service:
        form = inbound("carte perdue")
        for _ in range(3):  # twice more for nothing
            await post(service.http, settings, form)
        await settled(database, 2, "sent")
    async with database.write() as session:
        (usage,) = (await session.execute(select(SmsUsage))).scalars()
        assert (usage.provider, usage.origin, usage.received, usage.messages) == ("twilio", "citizen", 1, 2)
        assert usage.cost == usage.segments * 600
        await session.execute(delete(Conversation))  # the accounts outlive what they count
    report = await costs(settings, 1)
    assert (report["segments"], report["segments_today"]) == (usage.segments, usage.segments)
    assert report["euros"] == pytest.approx(usage.segments * 0.06)
    assert report["deliveries"] == {}


async def test_what_was_erased_while_the_provider_took_it_is_paid_for(
    make_settings: Any, database: Database, twilio: FakeTwilio
) -> None:
    async def counted() -> bool:
        async with database.read() as session:
            usage, number = await session.scalar(select(SmsUsage)), await session.scalar(select(NumberUsage))
        return (usage and usage.messages, number and number.segments) == (2, 2)

    settings = make_settings()
    async with running(settings) as service:
        twilio.gate.clear()
        await post(service.http, settings, inbound("START"))
        await until(lambda: twilio.sent)
        await post(service.http, settings, inbound("EFFACER"))
        twilio.gate.set()
        await until(counted)
    assert [one.status for one in await deliveries(database)] == ["sent"]  # of the confirmation; nothing else is kept


async def test_staff_are_shown_what_did_not_arrive(make_settings: Any, database: Database, twilio: FakeTwilio) -> None:
    settings = make_settings()
    twilio.answers = [(400, 21211)]
    async with running(settings) as service:
        await post(service.http, settings, inbound("carte perdue"))
        await settled(database, 2, "sent", "failed")
    (shown,) = await problem_deliveries(settings, ["uncertain", "failed"], 10)
    assert (shown["status"], shown["provider"], shown["error"], shown["attempts"]) == ("failed", "twilio", "21211", 1)
    assert "carte" not in str(shown)
    assert "639980001" not in str(shown)


async def test_beyond_the_day_s_budget_nothing_goes_out_but_the_confirmation_of_stop(
    make_settings: Any, database: Database, twilio: FakeTwilio
) -> None:
    settings = make_settings(sms_service_segments_per_day=1)
    async with running(settings) as service:
        await post(service.http, settings, inbound("carte perdue"))
        first, second = await settled(database, 2, "sent", "failed")
        await post(service.http, settings, inbound("STOP"))
        *_, stopped = await settled(database, 3, "sent", "failed")
    assert (first.status, second.status, second.error) == ("sent", "failed", "budget")
    assert stopped.status == "sent"


async def test_beyond_the_budget_a_person_in_danger_gets_the_numbers_and_no_keyword_costs_anything(
    make_settings: Any, database: Database, twilio: FakeTwilio
) -> None:
    settings = make_settings(sms_service_segments_per_day=1)
    async with running(settings) as service:
        await post(service.http, settings, inbound("carte perdue"))
        await settled(database, 2, "sent", "failed")
        for number, text in enumerate(("AIDE", "CONTACT", "SUITE", "mon mari me frappe"), 3):
            await post(service.http, settings, inbound(text))
            *_, last = await settled(database, number, "sent", "failed")
    assert len(twilio.sent) == 2
    assert "3919" in last.text
    assert last.status == "sent"


_WAITING_FOR_A_LOCK = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Overtaking:
    """A provider whose reports of a message come before, and while, we write down that it took it."""

    def __init__(self, database: Database) -> None:
        self._database, self._write = database, database.write
        self._noting = asyncio.Event()
        self.reported: asyncio.Task[None] | None = None

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        async with self._database.write() as session:
            await record_receipt(session, DeliveryReceipt("m1", "sent"), is_temporary)
        writing = asyncio.Event()

        async def delivered() -> None:
            async with self._database.write() as session:
                await record_receipt(session, DeliveryReceipt("m1", "delivered"), is_temporary)
                writing.set()
                await until(self._is_noted_or_waits)

        self.reported = asyncio.create_task(delivered())
        await writing.wait()
        self._database.write = self._noted  # type: ignore[method-assign]
        return SendReceipt("m1")

    def _noted(self, **options: Any) -> Any:
        self._noting.set()
        return self._write(**options)

    async def _is_noted_or_waits(self) -> bool:
        """Whether our note of the answer is written, or waits for the transaction of the report."""
        if self._database.is_sqlite:
            return self._noting.is_set()
        async with self._database.read() as session:
            noted = await session.scalar(select(Delivery.status)) == "sent"
            return noted or bool(await session.scalar(text(_WAITING_FOR_A_LOCK)))


async def test_a_report_that_comes_while_our_note_is_written_is_not_lost(make_settings: Any, database: Database) -> None:
    addresses, provider = Addresses("key"), Overtaking(database)
    async with database.write() as session:
        about = {"channel": "sms", "origin": "citizen", "language": "fr", "provider": "p"}
        session.add(Conversation(id="c", address=addresses.encrypt("+33639980001"), **about))
        await session.flush()
        session.add(Reply(id="r", conversation_id="c", outcome="answered", blocks=[]))
        await session.flush()
        session.add(Delivery(reply_id="r", text="Bonjour", provider="p", segments=1))
    outbound = Outbound(database, {"p": provider}, addresses, DeliveryRules.of(make_settings()), is_temporary=is_temporary)  # type: ignore[dict-item]
    await outbound.send("r")
    assert provider.reported is not None
    await provider.reported
    await sweep(outbound)
    assert [one.status for one in await deliveries(database)] == ["delivered"]


async def test_a_later_report_settles_an_uncertain_message_that_it_fits_and_no_other(
    make_settings: Any, database: Database, twilio: FakeTwilio
) -> None:
    """It fits by provider, number, time and length; while a message to that number is on its way, it may be of that one."""
    addresses = Addresses("address-key")
    async with database.write() as session:
        for number, phone in enumerate((PHONE, "+33639980002", "+33639980003", "+33639980004")):
            about = {"channel": "sms", "origin": "citizen", "language": "fr", "provider": "twilio"}
            digest, name = addresses.digest(phone), str(number)
            session.add(Conversation(id=name, address=addresses.encrypt(phone), address_digest=digest, **about))
            await session.flush()
            session.add(Reply(id=name, conversation_id=name, outcome="answered", blocks=[]))
            await session.flush()
        more = {"provider": "twilio", "status": "uncertain", "error": "lost"}
        session.add(Delivery(reply_id="0", part=0, text="un", segments=1, **more))
        session.add(Delivery(reply_id="0", part=1, text="deux", segments=2, **more))
        session.add(Delivery(reply_id="1", text="trois", segments=1, **more))
        session.add(Delivery(reply_id="1", text="en route", segments=1, provider="twilio", status="sending"))
        session.add(Delivery(reply_id="2", text="ancien", segments=1, **more, updated_at=now() - timedelta(days=2)))
        session.add(Delivery(reply_id="3", text="ailleurs", segments=1, **more | {"provider": "vonage"}))

    async def states() -> list[str]:
        return [one.status for one in await deliveries(database)]

    settings = make_settings()
    async with guichet(settings) as service:

        async def report(phone: str, status: str, sid: str, **more: str) -> None:
            form = {"MessageSid": sid, "SmsSid": sid, "AccountSid": ACCOUNT, "MessageStatus": status, "To": phone, **more}
            assert (await post(service.http, settings, form, path=f"{PATH}/status")).status_code == 200

        before = ["uncertain"] * 3 + ["sending"] + ["uncertain"] * 2
        await report(PHONE, "delivered", message_id())  # of two it is unknown which
        for phone in ("+33639980002", "+33639980003", "+33639980004", "+33639980099"):
            await report(phone, "delivered", message_id())
        assert await states() == before
        second, first = message_id(), message_id()
        await report(PHONE, "sent", second, NumSegments="2")
        assert await states() == ["uncertain", "sent", *before[2:]]
        await report(PHONE, "delivered", first)  # the only one that is left
        await report(PHONE, "delivered", second)
        assert await states() == ["delivered", "delivered", *before[2:]]
