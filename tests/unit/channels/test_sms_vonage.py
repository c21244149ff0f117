"""Vonage's requests as they really come (GET, form, JSON; whole and in parts), and as they must not."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import httpx
import orjson
import pytest

from channels.sms.providers.vonage import STATUS, Vonage, VonageAccount
from conversations.ports import (
    DeliveryReceipt,
    InboundMessage,
    InboundPart,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    RawRequest,
    SendFailed,
)

SECRET = "a signature secret"
ACCOUNT = VonageAccount("abcd1234", "api secret", SECRET, "33644630000")
PATH, PUBLIC = "/webhooks/sms/vonage", "https://guichet.exemple.fr"

PLAIN = {
    "msisdn": "33639980001",
    "to": "33644630000",
    "messageId": "0A0000000123ABCD1",
    "text": "j'ai perdu ma carte & mon permis = que faire ?",
    "type": "text",
    "keyword": "J'AI",
    "api-key": "abcd1234",
    "message-timestamp": "2026-11-24 08:31:02",
    "timestamp": "1795336262",
    "nonce": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
}
UNICODE = PLAIN | {"text": "мені потрібна довідка", "type": "unicode"}
PART = PLAIN | {"concat": "true", "concat-ref": "108", "concat-total": "3", "concat-part": "2", "messageId": "0B00000001230002"}
BINARY = {name: value for name, value in PLAIN.items() if name not in ("text", "keyword")} | {
    "type": "binary",
    "data": "0011223344",
    "udh": "06050415811581",
}
RECEIPT = {
    "msisdn": "33639980001",
    "to": "MAIRIE",
    "network-code": "20801",
    "messageId": "0A00000001234567",
    "price": "0.06500000",
    "status": "delivered",
    "scts": "2611240832",
    "err-code": "0",
    "api-key": "abcd1234",
    "message-timestamp": "2026-11-24 08:32:00",
    "timestamp": "1795336320",
    "nonce": "aaaaaaaa-bbbb-cccc-dddd-0123456789ac",
}


def sign(fields: Mapping[str, str], secret: str = SECRET, algorithm: str = "sha256") -> str:
    """The scheme as Vonage describes it, written down once more for this test."""
    text = ""
    for name in sorted(fields):
        text += "&" + name + "=" + fields[name].replace("&", "_").replace("=", "_")
    return hmac.new(secret.encode(), text.encode(), algorithm).hexdigest()


def request(fields: Mapping[str, str], how: str = "form", *, path: str = PATH, sig: str | None = None) -> RawRequest:
    signed = dict(fields) | {"sig": sign(fields) if sig is None else sig}
    if how == "get":
        return RawRequest("GET", path, urlencode(signed))
    if how == "json":
        return RawRequest("POST", path, "", {"content-type": "application/json"}, orjson.dumps(signed))
    return RawRequest("POST", path, "", {"content-type": "application/x-www-form-urlencoded"}, urlencode(signed).encode())


def channel(answer: httpx.MockTransport | None = None, account: VonageAccount = ACCOUNT) -> Vonage:
    http = httpx.AsyncClient(transport=answer or httpx.MockTransport(lambda request: httpx.Response(500)))
    return Vonage(account, http, public_url=PUBLIC)


def message(fields: Mapping[str, str]) -> InboundMessage:
    return InboundMessage(fields["messageId"], "+33639980001", fields.get("text", ""), "33644630000")


@pytest.mark.parametrize("how", ["get", "form", "json"])
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(PLAIN, message(PLAIN), id="plain"),
        pytest.param(UNICODE, message(UNICODE), id="unicode"),
        pytest.param(PART, InboundPart(message(PART), "108", 2, 3), id="a part"),
        pytest.param(BINARY, message(BINARY), id="binary: no text"),
        pytest.param(PLAIN | {"text": ""}, message(PLAIN | {"text": ""}), id="blank"),
        pytest.param(PLAIN | {"unheard": "of"}, message(PLAIN), id="unknown parameter"),
    ],
)
def test_a_real_message_is_read(fields: dict[str, str], how: str, expected: object) -> None:
    raw, vonage = request(fields, how), channel()
    vonage.verify(raw)
    assert vonage.parse(raw) == expected


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
def test_every_algorithm_of_theirs(algorithm: str) -> None:
    account = VonageAccount("abcd1234", "s", SECRET, "3364", algorithm)
    channel(account=account).verify(request(PLAIN, sig=sign(PLAIN, algorithm=algorithm).upper()))


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(request(PLAIN, sig=""), id="no signature"),
        pytest.param(request(PLAIN, sig="é"), id="not a signature"),
        pytest.param(request(PLAIN, sig=sign(PLAIN, "another")), id="another secret"),
        pytest.param(request(PLAIN | {"text": "autre"}, sig=sign(PLAIN)), id="another text"),
        pytest.param(request(PLAIN | {"messageId": "0C01"}, sig=sign(PLAIN)), id="another id"),
        pytest.param(RawRequest("POST", PATH, "", {"content-type": "text/plain"}, b"x"), id="no form"),
        pytest.param(RawRequest("POST", PATH, "", {"content-type": "application/json"}, b"[1]"), id="no object"),
        pytest.param(RawRequest("POST", PATH, "", {"content-type": "application/json"}, b"{"), id="no JSON"),
        pytest.param(RawRequest("GET", PATH, "sig=a&sig=b"), id="two signatures"),
        pytest.param(RawRequest("GET", PATH, "text=%ff"), id="not UTF-8"),
    ],
)
def test_a_forged_request_is_refused(forged: RawRequest) -> None:
    with pytest.raises(InvalidSignature):
        channel().verify(forged)


def test_without_a_secret_nothing_passes() -> None:
    account = VonageAccount("abcd1234", "s", "", "3364")
    with pytest.raises(InvalidSignature):
        channel(account=account).verify(request(PLAIN, sig=sign(PLAIN, "")))


def test_a_field_folded_into_the_name_of_another_is_refused() -> None:
    folded = {name: value for name, value in PLAIN.items() if name not in ("messageId", "msisdn")}
    folded[f"messageId={PLAIN['messageId']}&msisdn"] = PLAIN["msisdn"]
    assert sign(folded) == sign(PLAIN)  # the signature alone would have let it pass
    with pytest.raises(InvalidSignature):
        channel().verify(request(folded, sig=sign(PLAIN)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"messageId": ""}, "messageId"),
        ({"messageId": "x" * 20}, "messageId"),
        ({"msisdn": "MAIRIE"}, "msisdn"),
        ({"msisdn": "12"}, "msisdn"),
        ({"api-key": "ffff0000"}, "api-key"),
        ({"concat": "true", "concat-ref": "1", "concat-total": "2", "concat-part": "3"}, "concat-part"),
        ({"concat": "true", "concat-ref": "1", "concat-total": "0", "concat-part": "1"}, "concat-total"),
        ({"concat": "true", "concat-total": "2", "concat-part": "1"}, "concat-ref"),
    ],
)
def test_a_signed_message_with_an_ill_formed_field_is_refused(change: dict[str, str], field: str) -> None:
    raw, vonage = request(PLAIN | change), channel()
    vonage.verify(raw)
    with pytest.raises(MalformedRequest, match=field):
        vonage.parse(raw)


@pytest.mark.parametrize(("status", "ours"), [*STATUS.items(), ("something new", "sending")])
def test_receipts(status: str, ours: str) -> None:
    raw, vonage = request(RECEIPT | {"status": status}, "get", path=PATH + "/status"), channel()
    vonage.verify(raw)
    assert vonage.parse(raw) == DeliveryReceipt(RECEIPT["messageId"], ours, "", "vonage", "+33639980001")  # type: ignore[arg-type]


def test_a_receipt_tells_the_error() -> None:
    raw = request(RECEIPT | {"status": "failed", "err-code": "9"}, path=PATH + "/status")
    assert channel().parse(raw) == DeliveryReceipt(RECEIPT["messageId"], "failed", "9", "vonage", "+33639980001")


def test_an_unknown_state_with_an_error_was_not_delivered() -> None:
    raw = request(RECEIPT | {"status": "unknown", "err-code": "1"}, path=PATH + "/status")
    assert channel().parse(raw) == DeliveryReceipt(RECEIPT["messageId"], "failed", "1", "vonage", "+33639980001")


MESSAGE = OutboundMessage("id-0", "+33639980001", "Bonjour")


def _answer(*parts: dict[str, str]) -> httpx.Response:
    return httpx.Response(200, json={"message-count": str(len(parts)), "messages": list(parts)})


@pytest.mark.parametrize(("text", "kind"), [("Bonjour", "text"), ("Привіт", "unicode")])
async def test_a_message_is_sent(text: str, kind: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return _answer({"status": "0", "message-id": "0A0000000123ABCD1"}, {"status": "0", "message-id": "0A0000000123ABCD2"})

    receipt = await channel(httpx.MockTransport(answer)).send(OutboundMessage("id-0", "+33639980001", text))
    assert (receipt.provider_message_id, receipt.status, receipt.segments) == ("0A0000000123ABCD1", "sent", 2)
    assert seen[0].url == "https://rest.nexmo.com/sms/json"
    assert dict(parse_qsl(seen[0].content.decode())) == {
        "api_key": "abcd1234",
        "api_secret": "api secret",
        "from": "33644630000",
        "to": "33639980001",
        "text": text,
        "type": kind,
        "client-ref": "id-0",
        "callback": f"{PUBLIC}{PATH}/status",
    }


@pytest.mark.parametrize(
    ("status", "permanent", "account"),
    [("1", False, False), ("3", True, False), ("4", True, True), ("5", False, False), ("7", True, False), ("9", True, True)],
)
async def test_a_refusal_is_final_or_passes(status: str, permanent: bool, account: bool) -> None:
    with pytest.raises(SendFailed) as failure:
        await channel(httpx.MockTransport(lambda request: _answer({"status": status, "error-text": "…"}))).send(MESSAGE)
    code = f"status {status}"  # a receipt's err-code of the same number means something else
    assert (failure.value.code, failure.value.permanent, failure.value.account) == (code, permanent, account)


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [(httpx.Response(401), True), (httpx.Response(429), False), (httpx.Response(503), False)],
)
async def test_a_refusal_by_status(answer: httpx.Response, permanent: bool) -> None:
    with pytest.raises(SendFailed) as failure:
        await channel(httpx.MockTransport(lambda request: answer)).send(MESSAGE)
    assert failure.value.permanent is permanent


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.Response(500), id="500"),
        pytest.param(httpx.Response(200, text="<html>"), id="unreadable"),
        pytest.param(_answer({"status": "0", "message-id": "?"}), id="no id"),
        pytest.param(_answer({"status": "0", "message-id": "0A0000000123ABCD1"}, {"status": "1"}), id="half of it"),
    ],
)
async def test_an_unknown_fate_is_not_called_a_failure(answer: httpx.Response) -> None:
    with pytest.raises((httpx.HTTPError, ValueError)) as failure:
        await channel(httpx.MockTransport(lambda request: answer)).send(MESSAGE)
    assert not isinstance(failure.value, SendFailed)
