"""SMS by Twilio: signed webhooks in (form-encoded POST), REST calls out.

Twilio signs the address and the concatenation of all names and values. That says that the letters are Twilio's, not where
one field ends and the next begins: a captured request can be cut anew, with a message id folded into another field. So
the form of each field that is used is checked after the signature, and none may occur twice. All others are ignored:
Twilio adds new ones without notice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl

import httpx
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from channels.contracts import (
    DeliveryReceipt,
    InboundMessage,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    RawRequest,
    SendFailed,
    SendReceipt,
)

Status = Literal["sending", "sent", "delivered", "failed"]

# Twilio's MessageStatus → ours. One that is not listed here says nothing new of a message: "sending".
STATUS: dict[str, Status] = {
    "accepted": "sending",
    "scheduled": "sending",
    "queued": "sending",
    "sending": "sending",
    "sent": "sent",
    "partially_delivered": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}

# Refusals (4xx) that pass: too many requests, too many messages waiting. Any other is final.
TRANSIENT = frozenset({"20429", "14107", "21611", "30001", "30022"})

_MESSAGE_ID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_ACCOUNT_ID = re.compile(r"AC[0-9a-f]{32}")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_ERROR = re.compile(r"[0-9]{1,10}")
_MAX_FIELDS = 200

STATUS_SUFFIX = "/status"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose messages are served. ``sender`` is a number (E.164) or a Messaging Service (MG…)."""

    sid: str
    auth_token: str
    sender: str
    base_url: str = "https://api.twilio.com"


class Twilio:
    """A ``Channel``. ``public_url`` is the address that Twilio is configured with: whatever Host a request names, its
    signature is checked against that one."""

    def __init__(self, account: TwilioAccount, http: httpx.AsyncClient, *, public_url: str, name: str = "twilio") -> None:
        self.name = name
        self._account = account
        self._http = http
        self._public_url = public_url.rstrip("/")
        self._validator = RequestValidator(account.auth_token)

    def verify(self, request: RawRequest) -> None:
        """Raise ``InvalidSignature`` unless Twilio signed this form for this address with the account's token."""
        signature = request.headers.get("x-twilio-signature", "")
        if not signature or not self._account.auth_token:
            raise InvalidSignature("no signature, or no token to check it with")
        try:
            fields = ImmutableMultiDict(_fields(request))
        except MalformedRequest as error:
            raise InvalidSignature("not a form") from error
        address = self._public_url + request.path + (f"?{request.query}" if request.query else "")
        if not self._validator.validate(address, fields, signature):
            raise InvalidSignature("wrong signature")

    def parse(self, request: RawRequest) -> InboundMessage | DeliveryReceipt:
        """A message, or (on the path of statuses) a receipt. Raises ``MalformedRequest`` naming the field."""
        fields = _fields(request)
        message_id = _field(fields, "MessageSid", _MESSAGE_ID)
        if _field(fields, "AccountSid", _ACCOUNT_ID) != self._account.sid:
            raise MalformedRequest("AccountSid")
        for older in ("SmsSid", "SmsMessageSid"):  # the same id under its former names
            if _only(fields, older) not in (None, "", message_id):
                raise MalformedRequest(older)
        if request.path.endswith(STATUS_SUFFIX):
            return DeliveryReceipt(
                provider_message_id=message_id,
                status=STATUS.get(_only(fields, "MessageStatus") or "", "sending"),
                error=_field(fields, "ErrorCode", _ERROR, optional=True),
            )
        return InboundMessage(
            external_id=message_id,
            sender=_field(fields, "From", E164),
            recipient=_field(fields, "To", E164),
            text=(_only(fields, "Body") or "").replace("\x00", ""),  # no Body: a picture alone
        )

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Create a message. Raises ``SendFailed`` when it surely was not; another exception when that is not known."""
        account = self._account
        sender = "MessagingServiceSid" if account.sender.startswith("MG") else "From"
        try:
            response = await self._http.post(
                f"{account.base_url.rstrip('/')}/2010-04-01/Accounts/{account.sid}/Messages.json",
                auth=(account.sid, account.auth_token),
                data={
                    "To": reply.recipient,
                    sender: account.sender,
                    "Body": reply.text,
                    "StatusCallback": f"{self._public_url}/webhooks/sms/{self.name}{STATUS_SUFFIX}",
                },
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendFailed(type(error).__name__, permanent=False) from error  # nothing had gone out
        if response.is_success:
            return _receipt(response)
        if response.status_code in (429, 503):
            raise SendFailed(_code(response), permanent=False)
        if response.is_client_error:
            code = _code(response)
            raise SendFailed(code, permanent=code not in TRANSIENT)
        response.raise_for_status()  # 500, 502, 504: it may have been taken before something broke
        raise httpx.RemoteProtocolError(f"unexpected status {response.status_code}")


def _fields(request: RawRequest) -> list[tuple[str, str]]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise MalformedRequest("content-type")
    try:
        return parse_qsl(request.body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one
        raise MalformedRequest("body") from error


def _only(fields: Sequence[tuple[str, str]], name: str) -> str | None:
    values = [value for field, value in fields if field == name]
    if len(values) > 1:
        raise MalformedRequest(name)
    return values[0] if values else None


def _field(fields: Sequence[tuple[str, str]], name: str, form: re.Pattern[str], *, optional: bool = False) -> str:
    value = _only(fields, name) or ""
    if form.fullmatch(value) or (optional and not value):
        return value
    raise MalformedRequest(name)


def _receipt(response: httpx.Response) -> SendReceipt:
    answer = response.json()
    message_id, count = str(answer["sid"]), str(answer.get("num_segments") or "0")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise httpx.RemoteProtocolError("the answer has no message id")
    return SendReceipt(message_id, "sent", int(count) if count.isdecimal() else 0)


def _code(response: httpx.Response) -> str:
    try:
        code = response.json().get("code")
    except (ValueError, AttributeError):
        code = None
    return str(code or response.status_code)
