"""Twilio's requests as they really come, and as they must not: one table each."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import pytest
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from channels.sms.providers.twilio import STATUS, Twilio, TwilioAccount
from conversations.ports import (
    DeliveryReceipt,
    InboundMessage,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    RawRequest,
    SendFailed,
)

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = TwilioAccount(sid="AC" + "1" * 32, auth_token=TOKEN, sender="+33199000000")
PUBLIC = "https://guichet.exemple.fr"
PATH = "/webhooks/sms/twilio"
SM, OTHER = "SM" + "a1" * 16, "SM" + "b2" * 16

# A text to a plain number, with the parameters that carriers leave blank.
PLAIN = {
    "ToCountry": "FR",
    "ToState": "",
    "SmsMessageSid": SM,
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "",
    "SmsSid": SM,
    "FromState": "",
    "SmsStatus": "received",
    "FromCity": "",
    "Body": "j’ai perdu ma carte d’identité, que faire ?",
    "FromCountry": "FR",
    "To": "+33199000000",
    "ToZip": "",
    "NumSegments": "1",
    "MessageSid": SM,
    "AccountSid": ACCOUNT.sid,
    "From": "+33639980001",
    "ApiVersion": "2010-04-01",
}
# The same through a Messaging Service: one parameter more, and To may be any number of its pool.
SERVICE = PLAIN | {"MessagingServiceSid": "MG" + "c" * 32, "To": "+33199000042"}
# A picture: no Body, or a blank one, and media.
PICTURE = {name: value for name, value in PLAIN.items() if name != "Body"} | {
    "MessageSid": "MM" + "d" * 32,
    "SmsSid": "MM" + "d" * 32,
    "SmsMessageSid": "MM" + "d" * 32,
    "NumMedia": "1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl0": "https://api.twilio.com/2010-04-01/Accounts/AC/Messages/MM/Media/ME",
}
RECEIPT = {
    "SmsSid": OTHER,
    "SmsStatus": "delivered",
    "MessageStatus": "delivered",
    "To": "+33639980001",
    "MessageSid": OTHER,
    "AccountSid": ACCOUNT.sid,
    "From": "+33199000000",
    "ApiVersion": "2010-04-01",
    "RawDlrDoneDate": "2611241530",
}


def channel(answer: httpx.MockTransport | None = None, account: TwilioAccount = ACCOUNT) -> Twilio:
    http = httpx.AsyncClient(transport=answer or httpx.MockTransport(lambda request: httpx.Response(500)))
    return Twilio(account, http, public_url=PUBLIC)


def signature(form: Mapping[str, str], url: str = PUBLIC + PATH, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, form))


def request(
    form: Mapping[str, str] | list[tuple[str, str]] | bytes,
    signed: str | None = None,
    *,
    path: str = PATH,
    query: str = "",
    media_type: str = "application/x-www-form-urlencoded; charset=UTF-8",
) -> RawRequest:
    headers = {"content-type": media_type, "host": "10.0.0.7:8080"}
    if signed is None and isinstance(form, Mapping):
        signed = signature(form, PUBLIC + path + (f"?{query}" if query else ""))
    if signed:
        headers["x-twilio-signature"] = signed
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    return RawRequest("POST", path, query, headers, body)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param(PLAIN, InboundMessage(SM, "+33639980001", PLAIN["Body"], "+33199000000"), id="plain"),
        pytest.param(SERVICE, InboundMessage(SM, "+33639980001", PLAIN["Body"], "+33199000042"), id="messaging service"),
        pytest.param(PICTURE, InboundMessage("MM" + "d" * 32, "+33639980001", "", "+33199000000"), id="picture, no Body"),
        pytest.param(PLAIN | {"Body": ""}, InboundMessage(SM, "+33639980001", "", "+33199000000"), id="blank Body"),
        pytest.param(PLAIN | {"Body": "  STOP\n"}, InboundMessage(SM, "+33639980001", "  STOP\n", "+33199000000"), id="spaces"),
        pytest.param(PLAIN | {"Body": "a\x00b"}, InboundMessage(SM, "+33639980001", "ab", "+33199000000"), id="NUL"),
        *(
            pytest.param(
                PLAIN | {"OptOutType": kind, "Body": "stop pub"},
                InboundMessage(SM, "+33639980001", text, "+33199000000"),
                id=f"a word of the account's own, taken for {kind}",
            )
            for kind, text in (("STOP", "STOP"), ("START", "START"), ("HELP", "stop pub"))
        ),
        pytest.param(
            PLAIN | {"OptOutType": "", "Unheard": "Of", "Body": "مرحبا 😀 & = + %"},
            InboundMessage(SM, "+33639980001", "مرحبا 😀 & = + %", "+33199000000"),
            id="unknown parameters, other scripts",
        ),
    ],
)
def test_a_real_message_is_read(form: dict[str, str], expected: InboundMessage) -> None:
    raw, twilio = request(form), channel()
    twilio.verify(raw)
    assert twilio.parse(raw) == expected


def test_a_query_in_the_configured_address_is_signed_too() -> None:
    channel().verify(request(PLAIN, query="site=mairie"))
    with pytest.raises(InvalidSignature):
        channel().verify(request(PLAIN, signature(PLAIN), query="site=mairie"))


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(request(PLAIN, ""), id="no signature"),
        pytest.param(request(PLAIN, "é"), id="not a signature"),
        pytest.param(request(PLAIN, signature(PLAIN, token="f" * 32)), id="another token"),
        pytest.param(request(PLAIN | {"Body": "autre"}, signature(PLAIN)), id="another text"),
        pytest.param(request(PLAIN | {"MessageSid": OTHER}, signature(PLAIN)), id="another message id"),
        pytest.param(request(PLAIN, signature(PLAIN, "http://10.0.0.7:8080" + PATH)), id="signed for the Host header"),
        pytest.param(request(PLAIN, signature(PLAIN, PUBLIC + PATH + "/status")), id="signed for the other route"),
        pytest.param(request(PLAIN, signature(PLAIN), media_type="application/json"), id="not a form"),
        pytest.param(request(b"\xff\xfe", "x"), id="not text"),
        pytest.param(request(b"Body=%ff", "x"), id="not UTF-8"),
        pytest.param(request([(f"f{n}", "") for n in range(300)], "x"), id="too many fields"),
    ],
)
def test_a_forged_request_is_refused(forged: RawRequest) -> None:
    with pytest.raises(InvalidSignature):
        channel().verify(forged)


def test_without_a_token_nothing_passes() -> None:
    unconfigured = channel(account=TwilioAccount(sid=ACCOUNT.sid, auth_token="", sender=""))
    with pytest.raises(InvalidSignature):
        unconfigured.verify(request(PLAIN, signature(PLAIN, token="")))


def _folded() -> list[tuple[str, list[tuple[str, str]]]]:
    """A captured request cut anew so that the signature still holds: what is signed is names and values in a row."""
    rest = [(name, value) for name, value in PLAIN.items() if name not in ("MessageSid", "FromZip", "From", "NumMedia")]
    kept = {name: PLAIN[name] for name in ("MessageSid", "FromZip", "From", "NumMedia")}
    return [
        (
            "the message id folded into the field before it",
            [*rest, ("From", kept["From"]), ("NumMedia", "0"), ("FromZip", f"MessageSid{SM}")],
        ),
        (
            "half of the message id folded into the name of the next field",
            [*rest, *[(n, kept[n]) for n in ("FromZip", "From")], ("MessageSid", SM[:20]), (SM[20:] + "NumMedia", "0")],
        ),
        (
            "the next field folded into the message id",
            [*rest, *[(n, kept[n]) for n in ("FromZip", "From")], ("MessageSid", f"{SM}NumMedia0")],
        ),
        (
            "the same field twice",
            [*rest, *[(n, kept[n]) for n in ("FromZip", "From", "NumMedia")], ("MessageSid", SM), ("MessageSid", SM)],
        ),
    ]


SAID = PLAIN | {"Body": "Bonjour. Carte perdue: Dois-je payer ?"}


def _cut_texts() -> list[tuple[str, dict[str, str]]]:
    """The same done to the text: every piece is signed, and the citizen's words are others."""
    rest = {name: value for name, value in SAID.items() if name not in ("Body", "ApiVersion")}
    version, body = {"ApiVersion": "2010-04-01"}, SAID["Body"]
    return [
        ("shortened at a capital letter", rest | version | {"Body": body[:9], body[9:]: ""}),
        ("shortened at a capital letter, with a value", rest | version | {"Body": body[:23], body[23:27]: body[27:]}),
        ("made a field's name", rest | version | {f"Body{body}": ""}),
        ("part of the name", rest | version | {f"Body{body[:7]}": body[7:]}),
        ("folded into the field before it", rest | {"ApiVersion": f"2010-04-01Body{body}"}),
        ("folded with that field into the one before", rest | {"AccountSid": f"{ACCOUNT.sid}ApiVersion2010-04-01Body{body}"}),
    ]


@pytest.mark.parametrize(("how", "form"), _cut_texts(), ids=[how for how, _ in _cut_texts()])
def test_a_text_cut_anew_under_a_valid_signature_is_refused(how: str, form: dict[str, str]) -> None:
    assert RequestValidator(TOKEN).validate(PUBLIC + PATH, form, signature(SAID)), "the signature holds"
    channel().verify(request(SAID))
    with pytest.raises(InvalidSignature):
        channel().verify(request(form, signature(SAID)))


def _taken(raw: RawRequest) -> InboundMessage | DeliveryReceipt:
    twilio = channel()
    twilio.verify(raw)
    return twilio.parse(raw)


@pytest.mark.parametrize(("how", "form"), _folded(), ids=[how for how, _ in _folded()])
def test_a_folded_request_counts_as_unsigned(how: str, form: list[tuple[str, str]]) -> None:
    with pytest.raises(InvalidSignature):
        _taken(request(form, signature(PLAIN)))


@pytest.mark.parametrize("index", [0, 2, 3])
def test_the_signature_alone_would_have_let_them_pass(index: int) -> None:
    fields = ImmutableMultiDict(_folded()[index][1])
    assert RequestValidator(TOKEN).validate(PUBLIC + PATH, fields, signature(PLAIN))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"MessageSid": ""}, "MessageSid"),
        ({"MessageSid": "SM" + "z" * 32}, "MessageSid"),
        ({"MessageSid": SM + "\n"}, "MessageSid"),
        ({"MessageSid": "XX" + "a" * 32}, "MessageSid"),
        ({"AccountSid": "AC" + "2" * 32}, "AccountSid"),
        ({"AccountSid": ""}, "AccountSid"),
        ({"SmsSid": OTHER}, "SmsSid"),
        ({"From": "0639980001"}, "From"),
        ({"From": "Mairie"}, "From"),
        ({"From": "whatsapp:+33639980001"}, "From"),
        ({"From": "+33639980001 "}, "From"),
        ({"To": ""}, "To"),
        ({"To": "+0123456789"}, "To"),
    ],
)
def test_a_signed_message_with_an_ill_formed_field_is_refused(change: dict[str, str], field: str) -> None:
    raw, twilio = request(PLAIN | change), channel()
    if field in ("MessageSid", "SmsSid") or change == {"AccountSid": ""}:  # it may be another request, cut anew
        with pytest.raises(InvalidSignature):
            twilio.verify(raw)
        return
    twilio.verify(raw)
    with pytest.raises(MalformedRequest, match=field):
        twilio.parse(raw)


@pytest.mark.parametrize(("status", "ours"), [*STATUS.items(), ("something new", "sending"), ("", "sending")])
def test_receipts(status: str, ours: str) -> None:
    raw, twilio = request(RECEIPT | {"MessageStatus": status}, path=PATH + "/status"), channel()
    twilio.verify(raw)
    assert twilio.parse(raw) == DeliveryReceipt(OTHER, ours, "", "twilio", RECEIPT["To"])  # type: ignore[arg-type]


def test_a_receipt_tells_the_error_and_comes_from_any_sender() -> None:
    form = RECEIPT | {"MessageStatus": "undelivered", "ErrorCode": "30003", "From": "MAIRIE"}
    assert channel().parse(request(form, path=PATH + "/status")) == DeliveryReceipt(
        OTHER, "failed", "30003", "twilio", RECEIPT["To"]
    )
    with pytest.raises(MalformedRequest, match="ErrorCode"):
        channel().parse(request(RECEIPT | {"ErrorCode": "<b>"}, path=PATH + "/status"))


MESSAGE = OutboundMessage("id-0", "+33639980001", "Bonjour")


@pytest.mark.parametrize(("sender", "field"), [("+33199000000", "From"), ("MG" + "e" * 32, "MessagingServiceSid")])
async def test_a_message_is_sent(sender: str, field: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, json={"sid": OTHER, "status": "queued", "num_segments": "2"})

    account = TwilioAccount(ACCOUNT.sid, TOKEN, sender, base_url="https://relais.exemple.fr/twilio/")
    receipt = await channel(httpx.MockTransport(answer), account).send(MESSAGE)

    assert (receipt.provider_message_id, receipt.status, receipt.segments) == (OTHER, "sent", 2)
    (sent,) = seen
    assert sent.url == f"https://relais.exemple.fr/twilio/2010-04-01/Accounts/{ACCOUNT.sid}/Messages.json"
    assert sent.headers["authorization"] == httpx.BasicAuth(ACCOUNT.sid, TOKEN)._auth_header
    assert dict(httpx.QueryParams(sent.content.decode())) == {
        "To": "+33639980001",
        field: sender,
        "Body": "Bonjour",
        "StatusCallback": f"{PUBLIC}{PATH}/status",
    }


@pytest.mark.parametrize(
    ("status", "code", "permanent"),
    [
        (400, 21211, True),  # no such number
        (400, 21610, True),  # it opted out at Twilio's
        (401, 20003, True),  # wrong credentials: trying again changes nothing
        (404, 20404, True),
        (429, 20429, False),
        (400, 21611, False),  # too many messages wait
        (503, 20503, False),
    ],
)
async def test_a_refusal_is_final_or_passes(status: int, code: int, permanent: bool) -> None:
    refusal = httpx.MockTransport(lambda request: httpx.Response(status, json={"code": code, "message": "…"}))
    with pytest.raises(SendFailed) as failure:
        await channel(refusal).send(MESSAGE)
    assert (failure.value.code, failure.value.permanent) == (str(code), permanent)


async def test_a_refusal_without_a_document_has_its_status_for_code() -> None:
    with pytest.raises(SendFailed) as failure:
        await channel(httpx.MockTransport(lambda request: httpx.Response(403, text="<html>"))).send(MESSAGE)
    assert (failure.value.code, failure.value.permanent) == ("403", True)


@pytest.mark.parametrize("error", [httpx.ConnectError("x"), httpx.ConnectTimeout("x")])
async def test_no_connection_is_a_failure_that_may_be_repeated(error: httpx.HTTPError) -> None:
    with pytest.raises(SendFailed) as failure:
        await channel(_raising(error)).send(MESSAGE)
    assert not failure.value.permanent


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(httpx.ReadTimeout("x"), id="no answer in time"),
        pytest.param(httpx.RemoteProtocolError("x"), id="cut off"),
        pytest.param(httpx.Response(500), id="500"),
        pytest.param(httpx.Response(502), id="502"),
        pytest.param(httpx.Response(201, text="not JSON"), id="unreadable"),
        pytest.param(httpx.Response(201, json={"sid": "?"}), id="no id"),
        pytest.param(httpx.Response(302, headers={"location": "/"}), id="redirect"),
    ],
)
async def test_an_unknown_fate_is_not_called_a_failure(answer: httpx.HTTPError | httpx.Response) -> None:
    transport = _raising(answer) if isinstance(answer, Exception) else httpx.MockTransport(lambda request: answer)
    with pytest.raises((httpx.HTTPError, ValueError)) as failure:
        await channel(transport).send(MESSAGE)
    assert not isinstance(failure.value, SendFailed)


def _raising(error: httpx.HTTPError) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(answer)
