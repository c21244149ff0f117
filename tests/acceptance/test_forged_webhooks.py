"""Posting to the webhooks as if one were the provider: forged, folded, replayed, or signed for something else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from core.database import Database
from core.database.models import Conversation, Delivery, Message, Receipt, Reply
from core.settings import Settings
from tests.integration.channels_support import guichet, settings_for, working
from tests.integration.sms_support import PATH, TOKEN, FakeTwilio, count, has_sent, inbound, message_id, post

ANSWER = "Réponse à {}.\nExemple https://exemple.fr/F1 (Vérifié le 01/02/2020)"


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> Settings:
    return settings_for(database_url, redis_url, tmp_path, hosts="*", **twilio.settings)


async def test_fifty_times_in_parallel_and_again_after_a_restart_is_one_answer(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    form = inbound("carte perdue")
    async with guichet(settings) as service, working(settings), working(settings):
        taken = await asyncio.gather(*(post(service.http, settings, form) for _ in range(50)))
        assert {response.status_code for response in taken} == {200}
        await has_sent(twilio, 2)
    async with guichet(settings) as service, working(settings):
        again = await asyncio.gather(*(post(service.http, settings, form) for _ in range(5)))
        assert {response.status_code for response in again} == {200}
        await post(service.http, settings, inbound("la suivante"))
        await has_sent(twilio, 3)
        assert service.rasa.handled[0][1] == "la suivante"
    assert twilio.texts[1:] == [ANSWER.format("carte perdue"), ANSWER.format("la suivante")]
    assert (await count(database, Conversation), await count(database, Message), await count(database, Reply)) == (1, 2, 2)


async def test_a_forged_or_folded_webhook_leaves_no_trace(settings: Settings, database: Database, twilio: FakeTwilio) -> None:
    form = inbound("bonjour")
    folded = {name: value for name, value in form.items() if name != "MessageSid"} | {
        "FromZip": f"MessageSid{form['MessageSid']}"
    }
    async with guichet(settings) as service, working(settings):
        refused = [
            await service.http.post("/webhooks/sms/twilio", data=form),
            await post(service.http, settings, form, token="another token"),
            await post(service.http, settings, form, path="/webhooks/sms/nobody"),
            await post(service.http, settings, form, path="/webhooks/sms/simulator"),
            await service.http.post("/webhooks/sms/twilio/status", data={"MessageSid": message_id()}),
            await service.http.post("/webhooks/sms/twilio", json=form),
        ]
        assert [response.status_code for response in refused] == [403] * len(refused)
        assert (await post(service.http, settings, folded)).status_code == 403
        assert (await post(service.http, settings, form | {"From": "inconnu"})).status_code == 422
    assert [await count(database, table) for table in (Conversation, Message, Reply, Delivery, Receipt)] == [0] * 5
    assert twilio.sent == []


async def test_a_signature_that_was_overheard_signs_nothing_else(
    settings: Settings, database: Database, twilio: FakeTwilio
) -> None:
    form = inbound("bonjour")
    signature = RequestValidator(TOKEN).compute_signature(settings.base_url + PATH, form)
    signed = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    written = urlencode(form)
    attempts = [
        (PATH, urlencode(form | {"Body": "autre chose"}), {}),
        (PATH, urlencode(form | {"MessageSid": message_id()}), {}),
        (PATH, urlencode(form | {"From": "+33639980099"}), {}),
        (PATH, f"{written}&Body=autre", {}),
        (PATH, f"{written}&More=1", {}),
        (f"{PATH}/status", written, {}),
        (f"{PATH}?x=1", written, {}),
        (f"{PATH}/", written, {}),
        (PATH, written, {"X-Twilio-Signature": signature.lower()}),
        (PATH, written, {"X-Twilio-Signature": ""}),
        (PATH, written, {"X-Twilio-Signature": "é"}),
        (PATH, written, {"Content-Type": "application/json"}),
    ]
    async with guichet(settings) as service:
        for path, body, changes in attempts:
            headers = {name.encode(): value.encode("latin-1") for name, value in (signed | changes).items()}
            answer = await service.http.post(path, content=body, headers=headers)
            assert answer.status_code in (307, 403, 404, 422), (path, body[-40:], changes)
        # A host that is made up does not become the address that the provider signed.
        elsewhere = RequestValidator(TOKEN).compute_signature(f"https://evil.example{PATH}", form)
        made_up = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        answer = await service.http.post(PATH, content=written, headers=signed | made_up | {"X-Twilio-Signature": elsewhere})
        assert answer.status_code == 403
        # Which of two headers counts is not for the sender to choose, nor is a header over two lines.
        for doubled in (["x", signature], [signature, "x"], [signature, signature], [f"{signature}\r\n "]):
            said = await _raw(settings, PATH, written, *(f"X-Twilio-Signature: {one}" for one in doubled))
            refusals = (b"403",) if len(doubled) > 1 else (b"400", b"403")  # HTTP's own rules refuse a folded one
            assert said.split(b" ", 2)[1] in refusals, doubled
        assert [await count(database, table) for table in (Conversation, Message, Receipt)] == [0] * 3
        assert (await service.http.post(PATH, content=written, headers=signed)).status_code == 200
        assert await count(database, Message) == 1


async def _raw(settings: Settings, path: str, body: str, *headers: str) -> bytes:
    """What comes back for a form whose headers no library would write."""
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.port)
    own = (
        "Host: 127.0.0.1",
        "Connection: close",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    )
    writer.write("\r\n".join([f"POST {path} HTTP/1.1", *own, *headers, "", body]).encode())
    async with asyncio.timeout(20):
        answer = await reader.read()
    writer.close()
    return answer
