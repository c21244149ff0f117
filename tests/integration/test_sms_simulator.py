"""The simulator over real HTTP: a phone, the provider in the middle, gateway and worker. And who may not see it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from channels.sms.composition import SmsNotConfigured, sms_channels
from channels.sms.simulator.account import simulator_account
from cli.gateway import create
from core.database import Database
from core.database.models import Conversation, Delivery
from core.settings import Settings
from tests.integration.channels_support import Guichet, guichet, settings_for, working
from tests.waiting import until

PHONE, OTHER = "+33639980001", "+33639980002"


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    # The simulator itself finds out that it is called by another name.
    return settings_for(database_url, redis_url, tmp_path, hosts="*.exemple.fr")


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Guichet]:
    async with guichet(settings) as running, working(settings):
        yield running


async def messages(service: Guichet, phone: str = PHONE) -> list[dict[str, Any]]:
    response = await service.http.get(f"/simulator/phones/{phone.replace('+', '%2B')}/messages")
    response.raise_for_status()
    found: list[dict[str, Any]] = response.json()["messages"]
    return sorted(found, key=lambda message: message["at"])


async def when_delivered(service: Guichet, number: int, phone: str = PHONE) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        found = await messages(service, phone)
        return found if sum(message["status"] == "delivered" for message in found) >= number else None

    found: list[dict[str, Any]] = await until(enough)
    return found


async def send(service: Guichet, text: str, phone: str = PHONE) -> httpx.Response:
    return await service.http.post("/simulator/messages", json={"phone": phone, "text": text})


async def test_a_phone_asks_and_gets_its_answer(service: Guichet, database: Database) -> None:
    sent = await send(service, "carte perdue")
    assert (sent.status_code, sent.json()["status"]) == (202, "delivered")
    question, notice, answer = await when_delivered(service, 3)
    assert [text["direction"] for text in (question, notice, answer)] == ["from_phone", "to_phone", "to_phone"]
    assert "STOP" in notice["body"]
    assert answer["body"].startswith("Réponse à carte perdue.")
    assert answer["measure"] == {"encoding": "GSM-7", "units": len(answer["body"]), "segments": 1}

    async def reported() -> bool:
        async with database.read() as session:
            rows = (
                await session.execute(
                    select(Delivery.status, Delivery.provider, Conversation.origin).join_from(
                        Delivery, Conversation, Conversation.provider == Delivery.provider
                    )
                )
            ).all()
        return [tuple(row) for row in rows] == [("delivered", "simulator", "simulator")] * 2

    await until(reported)


async def unsubscribed(service: Guichet, phone: str = PHONE) -> bool:
    response = await service.http.get(f"/simulator/phones/{phone.replace('+', '%2B')}/messages")
    found: bool = response.json()["unsubscribed"]
    return found


async def test_a_phone_that_sent_stop_is_said_to_be_unsubscribed_until_start(service: Guichet) -> None:
    await send(service, "carte perdue")
    assert not await unsubscribed(service)
    for text, silent in (("STOP", True), ("passeport", True), ("START", False), ("stop", True)):
        assert (await send(service, text)).json()["status"] == "delivered"
        assert await unsubscribed(service) is silent, text
    assert not await unsubscribed(service, OTHER)


async def test_a_stop_is_told_to_who_waits_for_news(service: Guichet) -> None:
    path = f"/simulator/phones/{PHONE.replace('+', '%2B')}/messages"
    known = (await service.http.get(path)).json()
    await send(service, "STOP")

    async def news() -> bool:
        asked = {"after": known["revision"], "exchange_id": known["exchange"]}
        found = (await service.http.get(path, params=asked)).json()
        return bool(found["messages"]) and found["unsubscribed"]

    assert await until(news)


async def test_nothing_is_told_of_a_number_that_wrote_by_a_real_provider(service: Guichet, database: Database) -> None:
    await send(service, "STOP")
    async with database.write() as session:
        await session.execute(update(Conversation).values(provider="twilio"))
    assert not await unsubscribed(service)


async def test_phones_are_apart(service: Guichet, database: Database) -> None:
    await send(service, "carte perdue")
    await send(service, "passeport", OTHER)
    first, second = await when_delivered(service, 3), await when_delivered(service, 3, OTHER)
    assert "carte perdue" in first[-1]["body"]
    assert "passeport" in second[-1]["body"]
    assert {message["phone"] for message in second} == {OTHER}
    async with database.read() as session:
        assert len((await session.execute(select(Conversation))).all()) == 2


async def test_only_what_is_new_is_told(service: Guichet) -> None:
    await send(service, "carte perdue")
    await when_delivered(service, 3)
    path = f"/simulator/phones/{PHONE.replace('+', '%2B')}/messages"
    known = (await service.http.get(path)).json()
    await send(service, "passeport")
    news = await service.http.get(path, params={"after": known["revision"], "exchange_id": known["exchange"]})
    assert "passeport" in [message["body"] for message in news.json()["messages"]]
    assert "carte perdue" not in [message["body"] for message in news.json()["messages"]]
    restarted = await service.http.get(path, params={"after": 10_000, "exchange_id": "of another run"})
    assert "carte perdue" in [message["body"] for message in restarted.json()["messages"]]


async def test_figures_of_a_draft_are_those_of_the_service(service: Guichet) -> None:
    measured = await service.http.post("/simulator/measure", json={"text": "ê" * 71})
    assert measured.json() == {"encoding": "UCS-2", "units": 71, "segments": 2}


@pytest.mark.parametrize(
    "body",
    [
        {"phone": "0639980001", "text": "x"},
        {"phone": PHONE, "text": ""},
        {"phone": PHONE, "text": "x" * 1601},
        {"phone": PHONE},
    ],
)
async def test_ill_formed_texts_are_refused(service: Guichet, body: dict[str, str]) -> None:
    assert (await service.http.post("/simulator/messages", json=body)).status_code == 422
    assert await messages(service) == []


async def test_the_page_keeps_to_itself(service: Guichet) -> None:
    french, english = await service.http.get("/simulator"), await service.http.get("/simulator?lang=en")
    assert 'lang="fr"' in french.text
    assert 'lang="en"' in english.text
    policy = french.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in french.text
    assert "http://" not in french.text
    assert "https://" not in french.text
    assert "set-cookie" not in french.headers
    for name, media_type in (("phone.js", "text/javascript"), ("phone.css", "text/css")):
        file = await service.http.get(f"/simulator/{name}")
        assert file.headers["content-type"].startswith(media_type)
    for name in ("routes.py", "words.yml", "..%2Frouter.py"):
        assert (await service.http.get(f"/simulator/{name}")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "198.51.100.7"},
        {"Forwarded": "for=198.51.100.7"},
        {"Host": "guichet.exemple.fr"},
        {"Host": "rebound.exemple.fr:80"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
async def test_strangers_find_no_simulator(service: Guichet, headers: dict[str, str]) -> None:
    account = simulator_account(service.settings)
    form = {"To": PHONE, "From": account.sender, "Body": "x"}
    rest = f"/simulator/api/2010-04-01/Accounts/{account.sid}/Messages.json"
    answers = [
        await service.http.get("/simulator", headers=headers),
        await service.http.get("/simulator/phone.js", headers=headers),
        await service.http.get(f"/simulator/phones/{PHONE.replace('+', '%2B')}/messages", headers=headers),
        await service.http.post("/simulator/messages", json={"phone": PHONE, "text": "x"}, headers=headers),
        await service.http.post(rest, data=form, auth=(account.sid, account.auth_token), headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)


async def test_a_post_from_elsewhere_is_refused_even_as_a_navigation(service: Guichet) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert (await service.http.get("/simulator", headers=headers)).status_code == 200
    refused = await service.http.post("/simulator/messages", json={"phone": PHONE, "text": "x"}, headers=headers)
    assert refused.status_code == 404


async def test_the_rest_api_wants_the_account_and_a_sound_message(service: Guichet) -> None:
    account = simulator_account(service.settings)
    path = f"/simulator/api/2010-04-01/Accounts/{account.sid}/Messages.json"
    form = {"To": PHONE, "From": account.sender, "Body": "x"}

    async def code(changes: dict[str, str], token: str = account.auth_token) -> tuple[int, int]:
        answer = await service.http.post(path, data=form | changes, auth=(account.sid, token))
        return answer.status_code, answer.json()["code"]

    assert (await service.http.post(path, data=form)).status_code == 401
    assert await code({}, "wrong") == (401, 20003)
    assert await code({"To": "12"}) == (400, 21211)
    assert await code({"From": PHONE}) == (400, 21606)
    assert await code({"Body": ""}) == (400, 21602)
    assert await code({"Body": "x" * 1601}) == (400, 21617)
    assert await messages(service) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"production": True},
        {"sms_provider": ""},
        {
            "sms_provider": "twilio",
            "twilio_account_sid": "AC" + "0" * 32,
            "twilio_auth_token": "t",
            "twilio_from": "+33199000000",
        },
    ],
)
async def test_there_is_no_simulator_in_production_or_beside_another_provider(
    database_url: str, redis_url: str, tmp_path: Path, changes: dict[str, Any]
) -> None:
    settings = settings_for(database_url, redis_url, tmp_path, **changes)
    transport = httpx.ASGITransport(create(settings), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        assert (await http.get("/simulator")).status_code == 404
        assert (await http.post("/simulator/messages", json={"phone": PHONE, "text": "x"})).status_code == 404
        assert (await http.post("/webhooks/sms/simulator", data={})).status_code == 403
    assert "simulator" not in sms_channels(settings)


def test_its_secrets_follow_from_the_secret_key_alone(tmp_path: Path) -> None:
    def account(key: str) -> Any:
        return simulator_account(settings_for("", "", tmp_path, secret_key=key))

    assert account("a").auth_token == account("a").auth_token != account("b").auth_token
    assert account("a").sid != account("b").sid
    assert "a" * 32 not in account("a").sid


def test_twilio_without_its_settings_says_which_are_missing(tmp_path: Path) -> None:
    with pytest.raises(SmsNotConfigured, match="GUICHET_TWILIO_AUTH_TOKEN, GUICHET_TWILIO_FROM"):
        sms_channels(settings_for("", "", tmp_path, sms_provider="twilio", twilio_account_sid="AC1"))
