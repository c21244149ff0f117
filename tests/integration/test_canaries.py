"""Personal data sent in by every way, then looked for everywhere: record, files, Redis, logs, figures, traces, the engine.

The one store that may hold some (numbers of SMS and of call-backs) holds it encrypted: so nothing is found in clear anywhere.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import redis
from sqlalchemy import select
from stdnum.fr import nir

from core.backup.rows import dump
from core.database import Database
from core.database.models import Conversation, Handoff, Message
from core.privacy.addresses import Addresses
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.telemetry.tracing import traced
from tests.integration.channels_support import Guichet, guichet, settings_for, working
from tests.integration.collector import Collector
from tests.integration.sms_support import PHONE, FakeTwilio, inbound, post
from tests.waiting import until

_NIR = "285057800608" + "4"
CANARIES = {
    "nir": _NIR + nir.calc_check_digits(_NIR),
    "iban": "FR7630006000011234567890189",
    "card": "4111 1111 1111 1111",
    "phone": "06 39 98 77 66",
    "email": "canari.jaune@exemple.fr",
    "tax": "3023217600053",
    "plate": "zz-987-yx",
    "address": "173 bis rue des Canaris, 75011 Paris",
    "birth": "17/11/1973",
    "case": "2024-7788991",
    "name": "sophie lemercier",
}
_SENTENCES = {
    "birth": "je suis née le {}, quelle retraite",
    "case": "mon dossier n° {} n'avance pas",
}
CALL_BACK = "01 99 00 43 21"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Everything that the service logs, from debug on, in the form in which it logs."""
    root, written = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    configure_logs("test", level=logging.DEBUG)
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)
    yield written
    root.handlers[:], logging.raiseExceptions = before, True
    root.setLevel(level)


async def test_no_personal_data_is_found_anywhere_in_clear(
    database: Database,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    twilio: FakeTwilio,
    logs: io.StringIO,
    collector: Collector,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    hasty = {"web_turn_seconds": 5.0}  # one message gets the fallback
    settings = settings_for(database_url, redis_url, home, otlp_endpoint=collector.url, **hasty, **twilio.settings)
    with traced(settings, "probe"):  # sends what is left as it ends, on a thread of its own
        service, figures, ready = await _by_every_way(settings, database)
        await until(partial(_traced, collector))
    assert "guichet" in figures

    record = tmp_path / "record"
    record.mkdir()
    _, counts = await dump(database, record)
    assert counts["messages"] >= 2 * len(CANARIES)
    assert counts["feedback"] == counts["handoffs"] == 1
    places = _files(tmp_path)
    places |= {"logs": logs.getvalue().encode(), "metrics": figures.encode(), "health": ready.encode()}
    places |= {
        "traces": bytes(collector.raw),
        "redis": _in_redis(redis_url),
        "engine": json.dumps(service.rasa.handled).encode(),
    }
    assert b"turn_fallback" in places["logs"]
    found = {name: sorted(leaked) for name, content in places.items() if (leaked := _leaks(content))}
    assert found == {}

    # It is a declared store, not none: with the key, and only with it, the numbers can be used.
    addresses = Addresses("address-key")
    async with database.read() as session:
        sms = (await session.execute(select(Conversation.address).where(Conversation.channel == "sms"))).scalar_one()
        number = (await session.execute(select(Handoff.number))).scalar_one()
    assert (addresses.decrypt(sms or b""), addresses.decrypt(number or b"")) == (PHONE, "+33199004321")


def test_a_canary_would_be_found() -> None:
    for kind, value in [*CANARIES.items(), ("call back", CALL_BACK), ("sender", PHONE)]:
        assert _leaks(f"x {value} y".encode()) >= {kind}, kind
        assert _leaks(json.dumps({"v": value}).encode()) >= {kind}, kind
    assert "phone" in _leaks(b"+33639987766")


async def _by_every_way(settings: Settings, database: Database) -> tuple[Guichet, str, str]:
    async with guichet(settings) as service, working(settings):
        await _by_web(service, settings)
        await _by_call_back(service, database)
        await _by_sms(service, settings, database)
        await _by_mistake(service)
        ours = settings.internal_headers
        figures = (await service.http.get("/metrics", headers=ours)).text
        return service, figures, (await service.http.get("/health/ready", headers=ours)).text


async def _traced(collector: Collector) -> bool:
    return {"message", "turn", "rasa", "send"} <= {span.name for span in collector.spans}


async def _by_web(service: Guichet, settings: Settings) -> None:
    citizen = await service.citizen()
    for count, (kind, value) in enumerate(CANARIES.items(), 1):
        sentence = _SENTENCES.get(kind, "bonjour, {} et ma carte est perdue")
        assert (await citizen.post(sentence.format(value))).status_code < 300
        await citizen.answered(count)
    first = (await citizen.answered(1))[0]
    opinion = {"reply": first["id"], "useful": False, "comment": " ; ".join(_everything())}
    assert (await service.http.post("/api/web/feedback", json=opinion, headers=citizen.headers)).status_code == 204
    service.rasa.failing = 99  # the engine is away: a fallback, and an error in the logs
    await citizen.post("panne : " + ", ".join(_everything()))
    await citizen.answered(len(CANARIES) + 1)
    service.rasa.failing = 0


async def _by_call_back(service: Guichet, database: Database) -> None:
    citizen = await service.citizen()
    for count, said in enumerate(("rappel", CALL_BACK, "c'est bon"), 1):
        await citizen.post(said)
        await citizen.answered(count)


async def _by_sms(service: Guichet, settings: Settings, database: Database) -> None:
    for count, (kind, value) in enumerate(CANARIES.items(), 1):
        sentence = _SENTENCES.get(kind, "bonjour, {} et ma carte est perdue")
        await post(service.http, settings, inbound(sentence.format(value)))
        await until(partial(_answered, database, count))


async def _by_mistake(service: Guichet) -> None:
    """Requests that are refused, whose bodies, addresses and headers carry personal data."""
    citizen = await service.citizen()
    for value in _everything():
        await service.http.get(f"/{value}")
        token = re.sub(r"[^!-~]", "", value)
        await service.http.get("/api/web/history", headers={"Authorization": f"Bearer {token}"})
        await service.http.post("/api/web/messages", json={"id": value, "texte": value}, headers=citizen.headers)
        await service.http.post("/api/web/messages", content=b'{"text": "' + value.encode(), headers=citizen.headers)
        await service.http.post("/webhooks/sms/twilio", data=inbound(value), headers={"X-Twilio-Signature": token})
    await citizen.post("x" * 2500 + " ".join(_everything()))


def _everything() -> list[str]:
    return [_SENTENCES.get(kind, "{}").format(value) for kind, value in CANARIES.items()]


async def _answered(database: Database, count: int) -> bool:
    ours = (
        select(Message.outcome)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.channel == "sms")
    )
    async with database.read() as session:
        outcomes = list((await session.execute(ours)).scalars())
    return len(outcomes) == count and None not in outcomes


def _files(folder: Path) -> dict[str, bytes]:
    return {f"file: {file.relative_to(folder)}": file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _in_redis(url: str) -> bytes:
    found = []
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter():
            found += [key, client.dump(key) or b""]
            if client.type(key) == b"stream":
                found.append(repr(client.xrange(key)).encode())
    return b"\n".join(found)


def _leaks(content: bytes) -> set[str]:
    """Kinds of canaries that stand in ``content``, however they are spaced or cased."""
    said = content.decode("utf-8", "ignore").lower()
    digits = re.sub(r"(?<=\d)[ .\-](?=\d)", "", said)
    found = set()
    for kind, value in [*CANARIES.items(), ("call back", CALL_BACK), ("sender", PHONE)]:
        compact = re.sub(r"[ .\-]", "", value.lower())
        national = re.sub(r"^(?:\+33|0)", "", compact) if kind in {"phone", "call back", "sender"} else compact
        if value.lower() in said or compact in said or national in digits:
            found.add(kind)
    return found
