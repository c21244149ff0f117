"""An SMS from the provider's webhook to the message sent back. On SQLite and on PostgreSQL."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.database import Database
from core.database.models import Conversation, Delivery, Message, Receipt
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.sms_support import NUMBER, PHONE, FakeTwilio, count, has_sent, inbound, message_id, post, receipt
from tests.waiting import until

ANSWER = "Réponse à {}.\nExemple https://exemple.fr/F1 (Vérifié le 01/02/2020)"


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, **twilio.settings)


async def has_outcomes(database: Database, number: int) -> bool:
    async with database.read() as session:
        done = await session.execute(select(func.count()).select_from(Message).where(Message.outcome.is_not(None)))
    return done.scalar_one() == number


async def settled(database: Database, status: str, number: int = 1) -> list[Delivery]:
    """The deliveries with ``status``, once there are ``number`` of them."""

    async def enough() -> list[Delivery] | None:
        async with database.read() as session:
            rows = await session.execute(select(Delivery).where(Delivery.status == status).order_by(Delivery.seq))
            found = list(rows.scalars())
        return found if len(found) >= number else None

    deliveries: list[Delivery] = await until(enough)
    return deliveries


async def test_a_new_number_is_told_who_answers_then_answered(settings: Settings, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        taken = await post(service.http, settings, inbound("carte perdue"))
        assert (taken.status_code, taken.headers["content-type"].split(";")[0]) == (200, "text/xml")
        assert "<Message>" not in taken.text
        await has_sent(twilio, 2)
        await post(service.http, settings, inbound("passeport"))
        await has_sent(twilio, 3)
    first, answer, second = twilio.texts
    assert "STOP" in first
    assert settings.service_name in first
    assert [answer, second] == [ANSWER.format("carte perdue"), ANSWER.format("passeport")]
    assert {(message["To"], message["From"]) for message in twilio.sent} == {(PHONE, NUMBER)}
    assert {message["StatusCallback"] for message in twilio.sent} == {f"{settings.base_url}/webhooks/sms/twilio/status"}


async def test_messaging_service_pictures_and_other_scripts_are_served(settings: Settings, twilio: FakeTwilio) -> None:
    pool = {"MessagingServiceSid": "MG" + "1" * 32, "To": "+33199000099", "OptOutType": ""}
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("мені потрібна довідка", **pool))
        await has_sent(twilio, 2)
        picture = {"NumMedia": "1", "MediaUrl0": "https://exemple.fr/image"}
        assert (await post(service.http, settings, inbound(None, sid=message_id("MM"), **picture))).status_code == 200
        await has_sent(twilio, 3)
    assert "мені потрібна довідка" in twilio.texts[1]
    assert "que le texte" in twilio.texts[2]


async def test_a_choice_by_number_or_by_word(settings: Settings, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("choix"))
        await has_sent(twilio, 2)
        await post(service.http, settings, inbound("2"))
        await has_sent(twilio, 3)
        await post(service.http, settings, inbound("choix"))
        await has_sent(twilio, 4)
        await post(service.http, settings, inbound("La première."))
        await has_sent(twilio, 5)
        said = [text for _, text in service.rasa.handled]
    assert twilio.texts[1] == "Lequel ?\n1 Choix A\n2 Choix B"
    assert said == ["choix", '/choose{"entry": "B"}', "choix", '/choose{"entry": "A"}']


async def test_numbers_to_call_in_a_danger_come_before_the_notice_of_a_first_contact(
    settings: Settings, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("je veux mourir"))
        await has_sent(twilio, 1)
        await post(service.http, settings, inbound("carte perdue"))
        await has_sent(twilio, 3)
    numbers, notice, answer = twilio.texts
    assert "3114" in numbers
    assert "assistant automatique" in notice
    assert answer == ANSWER.format("carte perdue")


async def test_the_notice_of_a_first_contact_is_in_the_language_of_the_message(settings: Settings, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("I lost my passport yesterday, what should I do?"))
        await has_sent(twilio, 2)
    assert "automated assistant" in twilio.texts[0]


async def test_stop_is_confirmed_once_and_obeyed_until_start(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        for number, text in enumerate(("Arrêt !", "STOP", "aide", "carte perdue", "START", "carte perdue"), 1):
            await post(service.http, settings, inbound(text))
            if number == 1:  # START would overtake it
                await until(partial(has_outcomes, database, number))
        await has_sent(twilio, 4)
        assert [text for _, text in service.rasa.handled] == ["carte perdue"]
    stopped, started, notice, answer = twilio.texts
    assert "plus de messages" in stopped
    assert "nouveau" in started
    assert "assistant automatique" in notice
    assert answer == ANSWER.format("carte perdue")


async def test_stop_holds_for_what_is_on_its_way(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        service.rasa.gate.clear()
        await post(service.http, settings, inbound("carte perdue"))

        async def asked() -> bool:
            return service.rasa.calls > 0

        await until(asked)
        await post(service.http, settings, inbound("STOP"))
        service.rasa.gate.set()
        await has_sent(twilio, 1)
        refused = await settled(database, "failed", 2)
    assert len(twilio.sent) == 1
    assert "plus de messages" in twilio.texts[0]
    assert {delivery.error for delivery in refused} == {"opted out"}


async def test_receipts_move_a_delivery_and_never_back(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("carte perdue"))
        await settled(database, "sent", 2)
        first, second = (message["sid"] for message in twilio.sent)
        for status in ("delivered", "sent"):
            assert (await receipt(service.http, settings, first, status)).status_code == 200
        await receipt(service.http, settings, second, "undelivered", "30003")
        await settled(database, "delivered")
        (failed,) = await settled(database, "failed")
    assert (failed.provider_message_id, failed.error) == (second, "30003")


async def test_a_receipt_may_overtake_the_answer_to_our_request(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    async with guichet(settings) as service, working(settings):
        twilio.gate.clear()
        await post(service.http, settings, inbound("carte perdue"))
        await has_sent(twilio, 1)
        await receipt(service.http, settings, twilio.sent[0]["sid"], "delivered")
        assert await count(database, Receipt) == 1
        twilio.gate.set()
        (delivered,) = await settled(database, "delivered")
    assert delivered.provider_message_id == twilio.sent[0]["sid"]
    assert await count(database, Receipt) == 0


async def test_a_passing_refusal_is_tried_again_a_final_one_is_not(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    twilio.answers = [(503, 20503), (201, 0), (400, 21610)]  # the second part waits until the first is gone
    async with guichet(settings) as service, working(settings, sweep_seconds=0.1):
        await post(service.http, settings, inbound("carte perdue"))
        (failed,) = await settled(database, "failed")
        (sent,) = await settled(database, "sent")
    assert (failed.part, failed.error, failed.attempts) == (1, "21610", 1)
    assert (sent.part, sent.attempts) == (0, 2)
    assert len(twilio.sent) == 1


async def test_numbers_are_nowhere_in_the_clear(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    async with guichet(settings) as service, working(settings):
        await post(service.http, settings, inbound("carte perdue"))
        await settled(database, "sent", 2)
    async with database.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars()
    assert conversation.address is not None
    assert PHONE.encode()[4:] not in conversation.address
    assert conversation.origin == "citizen"
    if database.is_sqlite:
        for file in Path(database.engine.url.database or "").parent.glob("guichet.db*"):
            assert PHONE[4:].encode() not in file.read_bytes()
