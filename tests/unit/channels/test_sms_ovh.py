"""OVHcloud's API as it answers: jobs, replies asked for, states."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import orjson
import pytest

from channels.sms.providers.ovh import STATUS, Ovh, OvhAccount, incoming, receipt
from conversations.ports import (
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    InvalidSignature,
    OutboundMessage,
    Polled,
    RawRequest,
    SendFailed,
)

ACCOUNT = OvhAccount("sms-ab12345-1", "app", "app secret", "consumer", "https://api.exemple/1.0")
BASE = "https://api.exemple/1.0"
JOB = {"totalCreditsRemoved": 2, "invalidReceivers": [], "ids": [263211111], "validReceivers": ["+33639980001"]}
INCOMING = {
    "id": 4711,
    "creationDatetime": "2026-11-24T08:31:02+01:00",
    "sender": "+33639980001",
    "message": "j'ai perdu ma carte",
    "credits": 0,
    "tag": "id-0",
}


class Api:
    """Answers by method and path; keeps what it was asked."""

    def __init__(self, **answers: httpx.Response) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path.removeprefix("/1.0").removeprefix("/sms/sms-ab12345-1").strip("/")
        if path == "auth/time":
            return httpx.Response(200, text="1795336262")
        return self.answers.get(f"{request.method} {path}", httpx.Response(404, json={"message": "not found"}))


def channel(api: Api) -> Ovh:
    return Ovh(ACCOUNT, httpx.AsyncClient(transport=httpx.MockTransport(api)))


def api(answers: dict[str, Any]) -> Api:
    return Api(**{name: httpx.Response(200, json=value) for name, value in answers.items()})


MESSAGE = OutboundMessage("id-0", "+33639980001", "Bonjour")


async def test_a_message_is_sent_so_that_it_can_be_answered_and_without_their_line_on_stop() -> None:
    service = api({"POST jobs": JOB})
    sent = await channel(service).send(MESSAGE)
    assert (sent.provider_message_id, sent.status, sent.segments) == ("263211111", "sent", 2)
    job = service.asked[-1]
    body = orjson.loads(job.content)
    assert (body["message"], body["receivers"], body["coding"]) == ("Bonjour", ["+33639980001"], "7bit")
    assert (body["senderForResponse"], body["noStopClause"]) == (True, True)
    assert "sender" not in body
    stamp = job.headers["x-ovh-timestamp"]
    signed = f"app secret+consumer+POST+{BASE}/sms/sms-ab12345-1/jobs+{job.content.decode()}+{stamp}"
    assert job.headers["x-ovh-signature"] == "$1$" + hashlib.sha1(signed.encode()).hexdigest()
    assert (job.headers["x-ovh-application"], job.headers["x-ovh-consumer"]) == ("app", "consumer")


async def test_their_clock_is_asked_once() -> None:
    service = api({"POST jobs": JOB})
    ovh = channel(service)
    await ovh.send(MESSAGE)
    await ovh.send(OutboundMessage("id-1", "+33639980001", "Привіт"))
    assert [request.url.path for request in service.asked].count("/1.0/auth/time") == 1
    assert orjson.loads(service.asked[-1].content)["coding"] == "8bit"


@pytest.mark.parametrize(
    ("answer", "permanent", "account"),
    [
        (httpx.Response(403, json={"message": "This credential is not valid"}), True, True),
        (httpx.Response(402, json={"message": "no credit"}), True, True),
        (httpx.Response(400, json={"message": "invalid"}), True, False),
        (httpx.Response(409, json={"message": "busy"}), False, False),
        (httpx.Response(429), False, False),
        (httpx.Response(503), False, False),
        (httpx.Response(200, json=JOB | {"ids": [], "invalidReceivers": ["+33639980001"]}), True, False),
    ],
)
async def test_a_refusal_is_final_or_passes(answer: httpx.Response, permanent: bool, account: bool) -> None:
    with pytest.raises(SendFailed) as failure:
        await channel(Api(**{"POST jobs": answer})).send(MESSAGE)
    assert (failure.value.permanent, failure.value.account) == (permanent, account)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(500), httpx.Response(200, text="?"), httpx.Response(200, json=JOB | {"ids": []})],
)
async def test_an_unknown_fate_is_not_called_a_failure(answer: httpx.Response) -> None:
    with pytest.raises((httpx.HTTPError, ValueError)):
        await channel(Api(**{"POST jobs": answer})).send(MESSAGE)


async def test_replies_and_states_are_asked_for_and_replies_deleted_once_taken() -> None:
    service = api(
        {
            "GET incoming": [4712, 4711],
            "GET incoming/4711": INCOMING,
            "GET incoming/4712": INCOMING | {"id": 4712, "sender": "38002", "message": "pub"},
            "GET outgoing/263211111": {"id": 263211111, "ptt": 4, "deliveryReceipt": 1},
            "DELETE incoming/4711": None,
        }
    )
    ovh = channel(service)
    assert isinstance(ovh, Polled)
    found = await ovh.poll(["263211111", "gone", "99"])
    assert found == [
        InboundMessage("4711", "+33639980001", "j'ai perdu ma carte"),
        DeliveryReceipt("263211111", "delivered", ""),
    ]
    assert "DELETE" not in {request.method for request in service.asked}
    await ovh.done(found)
    assert [request.url.path for request in service.asked if request.method == "DELETE"] == [
        "/1.0/sms/sms-ab12345-1/incoming/4711"
    ]


async def test_messages_of_which_nothing_is_ever_heard_do_not_keep_others_from_being_asked_for() -> None:
    silent = {f"GET outgoing/{number}": {"id": number, "ptt": 6} for number in range(50)}
    service = api(silent | {"GET incoming": [], "GET outgoing/77": {"id": 77, "ptt": 4}})
    ovh, pending = channel(service), [*map(str, range(50)), "77"]
    found = [*await ovh.poll(pending), *await ovh.poll(pending)]
    assert DeliveryReceipt("77", "delivered", "") in found


@pytest.mark.parametrize(("ptt", "ours"), STATUS.items())
def test_states(ptt: int, ours: str) -> None:
    error = str(ptt) if ours in ("failed", "expired") else ""
    assert receipt({"id": 1, "ptt": ptt, "deliveryReceipt": 8}) == DeliveryReceipt("1", ours, error)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ptt", "short", "ours", "error"),
    [
        (0, 0, "sending", ""),
        (7, 8, "sending", ""),  # a code of no table
        (0, 1, "delivered", ""),
        (1999, 2, "failed", "1999"),
        (None, 16, "failed", "0"),
        (None, None, "sending", ""),
        (7, 99, "sending", ""),
    ],
)
def test_the_receipt_in_short_decides_where_a_code_is_not_known(
    ptt: int | None, short: int | None, ours: DeliveryStatus, error: str
) -> None:
    assert receipt({"id": 1, "ptt": ptt, "deliveryReceipt": short}) == DeliveryReceipt("1", ours, error)


async def test_messages_of_no_telephone_do_not_stand_before_those_of_citizens() -> None:
    adverts = {f"GET incoming/{number}": INCOMING | {"id": number, "sender": "38002"} for number in range(60)}
    service = api(adverts | {"GET incoming": [*range(60), 4711], "GET incoming/4711": INCOMING})
    ovh = channel(service)
    assert await ovh.poll([]) == []  # fifty at a time
    assert await ovh.poll([]) == [InboundMessage("4711", "+33639980001", "j'ai perdu ma carte")]
    read = [request.url.path for request in service.asked if "/incoming/" in request.url.path]
    assert len(read) == len(set(read)) == 61


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, InboundMessage("4711", "+33639980001", "j'ai perdu ma carte")),
        ({"sender": "0033639980001"}, InboundMessage("4711", "+33639980001", "j'ai perdu ma carte")),
        ({"message": None}, InboundMessage("4711", "+33639980001", "")),
        ({"sender": "38002"}, None),
        ({"sender": "OVH"}, None),
        ({"id": "x"}, None),
    ],
)
def test_messages(change: dict[str, Any], expected: InboundMessage | None) -> None:
    assert incoming(INCOMING | change) == expected


def test_nothing_comes_in_by_itself() -> None:
    with pytest.raises(InvalidSignature):
        channel(Api()).verify(RawRequest("POST", "/webhooks/sms/ovh"))
