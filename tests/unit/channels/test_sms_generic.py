"""Any HTTP provider by its description: form, JSON and XML; HMAC, token and basic; and Mtarget's file as it stands."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import orjson
import pytest
import yaml

from channels.sms.providers.description import Description, InvalidDescription
from channels.sms.providers.generic import Generic, GenericAccount
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
from core.settings import ROOT

MTARGET = ROOT / "channels/sms/providers/examples/mtarget.yml"
ACCOUNT = GenericAccount("mairie", "secret", "38100")
MESSAGE = OutboundMessage("id-0", "+33639980001", "Bonjour <vous> & moi")
FIELDS = {"id": "sms.id", "sender": "sms.from", "recipient": "sms.to", "text": "sms.body"}
JSON = {
    "name": "exemple",
    "message": {
        "format": "json",
        "authentication": {"kind": "hmac", "header": "X-Signature", "prefix": "sha256="},
        "fields": FIELDS,
    },
    "receipt": {
        "format": "json",
        "authentication": {"kind": "hmac", "header": "X-Signature", "prefix": "sha256="},
        "fields": {"id": "id", "status": "state", "error": "code", "recipient": "to", "segments": "parts"},
        "states": {"DELIVRD": "delivered", "UNDELIV": "failed", "EXPIRED": "expired"},
    },
    "send": {
        "url": "https://sms.exemple/send",
        "format": "json",
        "authentication": {"kind": "token", "prefix": "Bearer "},
        "template": {"to": "{to_bare}", "from": "{sender}", "body": "{text}", "ref": "{id}", "cb": "{callback}"},
        "unicode": {"coding": "ucs2"},
        "code": "status",
        "success": ["OK"],
        "transient": ["BUSY"],
        "account": ["CREDIT"],
        "message_id": "messages.0.id",
        "segments": "messages.0.parts",
    },
}
XML = {
    "name": "exemple",
    "message": {
        "format": "xml",
        "authentication": {"kind": "basic"},
        "fields": {"id": "id", "sender": "from", "text": "body/text"},
    },
    "send": {
        "url": "https://sms.exemple/send",
        "format": "xml",
        "authentication": {"kind": "basic"},
        "template": '<message from="{sender}"><to>{to}</to><text>{text}</text></message>',
        "answer": "xml",
        "code": "code",
        "success": ["0"],
        "message_id": "ticket",
    },
}


def channel(
    description: dict[str, Any], answer: httpx.Response | None = None, seen: list[httpx.Request] | None = None
) -> Generic:
    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return answer or httpx.Response(500)

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    return Generic(ACCOUNT, Description.model_validate(description), http, public_url="https://guichet.exemple.fr")


def mtarget() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(MTARGET.read_text())
    return found


def form(fields: dict[str, str], path: str = "/webhooks/sms/mtarget", query: str = "token=secret") -> RawRequest:
    return RawRequest("POST", path, query, {"content-type": "application/x-www-form-urlencoded"}, urlencode(fields).encode())


def json_request(document: object, secret: str = "secret", path: str = "/webhooks/sms/exemple") -> RawRequest:
    body = orjson.dumps(document)
    shown = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return RawRequest("POST", path, "", {"content-type": "application/json", "x-signature": shown}, body)


def xml_request(body: str, password: str = "secret") -> RawRequest:
    shown = "Basic " + base64.b64encode(f"mairie:{password}".encode()).decode()
    return RawRequest("POST", "/webhooks/sms/exemple", "", {"authorization": shown}, body.encode())


MO = {"MsgId": "8d1f-77", "Msisdn": "+33639980001", "Shortcode": "38100", "Content": "carte perdue", "Operator": "20801"}
SMS = {"sms": {"id": "a-1", "from": "33639980001", "to": "38100", "body": "carte perdue"}}
INBOUND = InboundMessage("a-1", "+33639980001", "carte perdue", "38100")


def test_mtarget_message_and_receipt() -> None:
    generic = channel(mtarget())
    generic.verify(form(MO))
    assert generic.parse(form(MO)) == InboundMessage("8d1f-77", "+33639980001", "carte perdue", "38100")
    report = form({"MsgId": "8d1f-78", "Status": "3", "StatusText": "delivered"}, "/webhooks/sms/mtarget/status")
    generic.verify(report)
    assert generic.parse(report) == DeliveryReceipt("8d1f-78", "delivered", "", "mtarget")
    assert (generic.name, generic.acknowledgement) == ("mtarget", "OK")


@pytest.mark.parametrize("text", ["Bonjour", "Привіт"])
async def test_mtarget_sends(text: str) -> None:
    seen: list[httpx.Request] = []
    taken = {"results": [{"msisdn": "+33639980001", "smscount": "1", "code": "0", "reason": "ACCEPTED", "ticket": "8d1f-79"}]}
    generic = channel(mtarget(), httpx.Response(200, json=taken), seen)
    receipt = await generic.send(OutboundMessage("id-0", "+33639980001", text))
    assert (receipt.provider_message_id, receipt.segments) == ("8d1f-79", 1)
    sent = dict(parse_qsl(seen[0].content.decode()))
    assert (sent["username"], sent["password"], sent["msisdn"], sent["msg"]) == ("mairie", "secret", "+33639980001", text)
    assert ("allowunicode" in sent) is (text == "Привіт")


def test_json_signed_by_hmac() -> None:
    generic = channel(JSON)
    generic.verify(json_request(SMS))
    assert generic.parse(json_request(SMS)) == INBOUND
    told = {"id": "a-2", "state": "EXPIRED", "code": 7, "to": "33639980001", "parts": 2}
    report = json_request(told, path="/webhooks/sms/exemple/status")
    generic.verify(report)
    assert generic.parse(report) == DeliveryReceipt("a-2", "expired", "7", "exemple", "+33639980001", 2)


def test_xml_with_basic_authentication() -> None:
    generic = channel(XML)
    raw = xml_request("<sms><id>a-1</id><from>0033639980001</from><body><text>carte perdue</text></body></sms>")
    generic.verify(raw)
    assert generic.parse(raw) == InboundMessage("a-1", "+33639980001", "carte perdue", "")


def test_an_xml_entity_is_not_resolved() -> None:
    body = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sms><id>a-1</id><from>33639980001</from><body><text>a&e;b</text></body></sms>'
    parsed = channel(XML).parse(xml_request(body))
    assert isinstance(parsed, InboundMessage)
    assert "root" not in parsed.text


def test_get_and_parts() -> None:
    description = mtarget()
    description["message"] |= {"method": "GET"}
    description["message"]["fields"] |= {"part": "Part", "total": "Parts", "reference": "Ref"}
    generic = channel(description)
    query = urlencode(MO | {"Part": "2", "Parts": "3", "Ref": "9", "token": "secret"})
    raw = RawRequest("GET", "/webhooks/sms/mtarget", query)
    generic.verify(raw)
    whole = InboundMessage("8d1f-77", "+33639980001", "carte perdue", "38100")
    assert generic.parse(raw) == InboundPart(whole, "9", 2, 3)


@pytest.mark.parametrize(
    ("description", "forged"),
    [
        pytest.param(mtarget(), form(MO, query=""), id="no token"),
        pytest.param(mtarget(), form(MO, query="token=wrong"), id="wrong token"),
        pytest.param(mtarget(), form(MO, query="token=secret&token=secret"), id="two tokens"),
        pytest.param(mtarget(), RawRequest("GET", "/webhooks/sms/mtarget", "token=secret"), id="another method"),
        pytest.param(JSON, json_request(SMS, "wrong"), id="wrong HMAC"),
        pytest.param(JSON, RawRequest("POST", "/webhooks/sms/exemple", "", {}, orjson.dumps(SMS)), id="no HMAC"),
        pytest.param(XML, xml_request("<sms/>", "wrong"), id="wrong password"),
        pytest.param(XML, RawRequest("POST", "/webhooks/sms/exemple/status", "", {}, b""), id="receipts are not described"),
    ],
)
def test_a_forged_request_is_refused(description: dict[str, Any], forged: RawRequest) -> None:
    with pytest.raises(InvalidSignature):
        channel(description).verify(forged)


@pytest.mark.parametrize(
    ("description", "raw"),
    [
        (mtarget(), form(MO | {"MsgId": ""})),
        (mtarget(), form(MO | {"MsgId": "<b>"})),
        (mtarget(), form(MO | {"Msisdn": "MAIRIE"})),
        (JSON, json_request({"sms": []})),
        (JSON, json_request([1])),
        (XML, xml_request("<sms>")),
    ],
)
def test_what_is_not_as_described_is_refused(description: dict[str, Any], raw: RawRequest) -> None:
    with pytest.raises(MalformedRequest):
        channel(description).parse(raw)


async def test_json_is_sent_with_a_token() -> None:
    seen: list[httpx.Request] = []
    generic = channel(JSON, httpx.Response(200, json={"status": "OK", "messages": [{"id": "a-9", "parts": 2}]}), seen)
    receipt = await generic.send(MESSAGE)
    assert (receipt.provider_message_id, receipt.segments) == ("a-9", 2)
    assert seen[0].headers["authorization"] == "Bearer secret"
    assert orjson.loads(seen[0].content) == {
        "to": "33639980001",
        "from": "38100",
        "body": "Bonjour <vous> & moi",
        "ref": "id-0",
        "cb": "https://guichet.exemple.fr/webhooks/sms/exemple/status",
    }


async def test_xml_is_sent_escaped() -> None:
    seen: list[httpx.Request] = []
    generic = channel(XML, httpx.Response(200, text="<r><code>0</code><ticket>t-1</ticket></r>"), seen)
    assert (await generic.send(MESSAGE)).provider_message_id == "t-1"
    assert b"<text>Bonjour &lt;vous&gt; &amp; moi</text>" in seen[0].content


@pytest.mark.parametrize(
    ("answer", "permanent", "account"),
    [
        (httpx.Response(200, json={"status": "BUSY"}), False, False),
        (httpx.Response(200, json={"status": "CREDIT"}), True, True),
        (httpx.Response(200, json={"status": "NUMBER"}), True, False),
        (httpx.Response(401, text="no"), True, True),
        (httpx.Response(429), False, False),
    ],
)
async def test_a_refusal_is_final_or_passes(answer: httpx.Response, permanent: bool, account: bool) -> None:
    with pytest.raises(SendFailed) as failure:
        await channel(JSON, answer).send(MESSAGE)
    assert (failure.value.permanent, failure.value.account) == (permanent, account)


@pytest.mark.parametrize(
    "answer", [httpx.Response(500), httpx.Response(200, text="?"), httpx.Response(200, json={"status": "OK"})]
)
async def test_an_unknown_fate_is_not_called_a_failure(answer: httpx.Response) -> None:
    with pytest.raises((httpx.HTTPError, ValueError)):
        await channel(JSON, answer).send(MESSAGE)


@pytest.mark.parametrize(
    ("text", "says"),
    [("name: [", "mtarget"), ("name: Bad Name", "name"), ("nom: x", "nom"), ("[]", "dictionary")],
)
def test_a_wrong_description_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mtarget.yml").write_text(text)
    with pytest.raises(InvalidDescription, match=says):
        Description.load(tmp_path / "mtarget.yml")
