"""SMS by Vonage (SMS API): signed webhooks in (GET, form or JSON), REST calls out.

Vonage signs names and values in alphabetical order, with ``&`` and ``=`` in values replaced, so that a field cannot be moved
into another's value; names are checked for the same reason. A captured request that is sent again has a known message id. Long
messages come in parts, each in a request of its own, in any order.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

from channels.sms.encoding import is_gsm7
from channels.sms.providers.calling import call
from channels.sms.providers.cause import Cause
from channels.sms.providers.forms import fields_of, international, matching, only
from conversations.ports import (
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    InboundPart,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    Parsed,
    RawRequest,
    SendFailed,
    SendReceipt,
)
from core.secrets import is_one_of

# Vonage's delivery status → ours. Others carry no news: "sending". "unknown" carries none either, unless an error code comes
# with it: each except 0 means that the message was not delivered.
# https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
STATUS: dict[str, DeliveryStatus] = {
    "buffered": "sending",
    "unknown": "sending",
    "accepted": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "rejected": "failed",
    "expired": "expired",
}

# Status of a sent part → (may be tried again, concerns our account rather than the recipient). Any other is final.
# https://developer.vonage.com/en/api-errors/sms
REFUSALS: dict[str, tuple[bool, bool]] = {
    "1": (True, False),  # throttled
    "4": (False, True),  # credentials
    "5": (True, False),  # internal error: a status other than 0 means that the message was not accepted
    "8": (False, True),  # account barred
    "9": (False, True),  # credit used up
    "10": (True, False),  # too many at the same time
    "11": (False, True),  # not enabled for HTTP
    "14": (False, True),  # our signature
    "15": (False, True),  # sender
    "29": (False, True),  # a trial account writes to listed numbers only
    "32": (False, True),  # signature and secret together
}

# Codes of receipts that mean that the network surely dropped the message for a temporary reason: it is sent again. 2 and 7
# (telephone off, busy) are not among them: a repetition would be sent, and paid for, without anybody deciding it.
RETRYABLE = frozenset({"8"})

# "err-code" of receipts: https://api.support.vonage.com/hc/en-us/articles/204014733; "status N" is a refusal, as above.
CAUSES: dict[str, Cause] = {
    "1": "unsaid",
    "2": "unreachable",  # absent subscriber, for a time
    "3": "unknown_number",  # absent subscriber, permanently
    "4": "barred",  # call barred by user
    "5": "unreachable",  # portability error
    "6": "filtered",  # anti-spam rejection
    "7": "unreachable",  # handset busy
    "8": "overload",  # network error
    "9": "stopped",  # illegal number: refuses all messages of this service
    "10": "malformed",  # illegal message
    "11": "sender",  # unroutable
    "12": "unknown_number",  # destination unreachable: no route to that number
    "13": "barred",  # subscriber's age
    "14": "barred",  # blocked by carrier
    "15": "unreachable",  # prepaid, insufficient funds
    "99": "unsaid",  # general error
    "status 1": "overload",
    "status 2": "malformed",  # missing parameters
    "status 3": "malformed",  # invalid parameters
    "status 4": "account",
    "status 5": "overload",
    "status 6": "malformed",  # invalid message
    "status 7": "barred",  # number barred
    "status 8": "account",
    "status 9": "account",
    "status 10": "overload",
    "status 11": "account",
    "status 12": "malformed",  # too long
    "status 14": "account",
    "status 15": "sender",
    "status 29": "account",
    "status 32": "account",
    "status 33": "unknown_number",  # number de-activated
    "401": "account",
    "402": "account",
    "403": "account",
}

_HASHES: Mapping[str, Callable[[], hashlib._Hash]] = {
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}
_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,64}")
_MESSAGE_ID = re.compile(r"[0-9A-Fa-f-]{8,64}")
_ERROR = re.compile(r"[0-9]{1,10}")
_NUMBER = re.compile(r"\+?[0-9]{7,15}")
_REFERENCE = re.compile(r"[0-9A-Za-z]{1,16}")
_COUNT = re.compile(r"[1-9][0-9]{0,2}")
_CUT = re.compile(r"[&=]")


@dataclass(frozen=True, slots=True)
class VonageAccount:
    """The account. ``algorithm`` is that of the account's signatures: md5, sha1, sha256 or sha512 (HMAC).

    ``also``: the second signature secret, accepted while it changes.
    """

    key: str
    secret: str
    signature_secret: str
    sender: str
    algorithm: str = "sha256"
    base_url: str = "https://rest.nexmo.com"
    also: str = ""


class Vonage:
    """A ``Channel``."""

    def __init__(self, account: VonageAccount, http: httpx.AsyncClient, *, public_url: str, name: str = "vonage") -> None:
        self.name = name
        self.acknowledgement = ""
        self._account = account
        self._http = http
        self._public_url = public_url.rstrip("/")

    def verify(self, request: RawRequest) -> None:
        """Raises ``InvalidSignature`` unless ``sig`` is the account's signature over all other fields."""
        if not self._account.signature_secret:
            raise InvalidSignature("no secret to check signatures with")
        try:
            fields = fields_of(request)
            shown = only(fields, "sig") or ""
        except MalformedRequest as error:
            raise InvalidSignature("no fields") from error
        if not all(_NAME.fullmatch(name) for name, _ in fields):
            raise InvalidSignature("ill-formed name")
        signed = [pair for pair in fields if pair[0] != "sig"]
        accounts = [
            replace(self._account, signature_secret=one) for one in (self._account.signature_secret, self._account.also)
        ]
        if not is_one_of(shown.lower(), [signature(signed, one) for one in accounts if one.signature_secret]):
            raise InvalidSignature("wrong signature")

    def parse(self, request: RawRequest) -> Parsed:
        """Returns a message, a part of one, or (on the status path) a receipt. Raises ``MalformedRequest`` naming the field."""
        fields = fields_of(request)
        message_id = matching(fields, "messageId", _MESSAGE_ID)
        if request.path.endswith("/status"):
            status, error = only(fields, "status") or "", _error(fields)
            ours = "failed" if status == "unknown" and error else STATUS.get(status, "sending")
            number = matching(fields, "msisdn", _NUMBER, optional=True)
            recipient = international(number, "msisdn") if number else ""
            return DeliveryReceipt(message_id, ours, error, provider=self.name, recipient=recipient)
        if (only(fields, "api-key") or self._account.key) != self._account.key:
            raise MalformedRequest("api-key")
        message = InboundMessage(
            external_id=message_id,
            sender=international(matching(fields, "msisdn", _NUMBER), "msisdn"),
            recipient=only(fields, "to") or "",  # a number, or a short code
            text=(only(fields, "text") or "").replace("\x00", ""),  # without text it is a binary message
        )
        if only(fields, "concat") != "true":
            return message
        part, total = (int(matching(fields, name, _COUNT)) for name in ("concat-part", "concat-total"))
        if part > total:
            raise MalformedRequest("concat-part")
        return InboundPart(message, matching(fields, "concat-ref", _REFERENCE), part, total)

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Submits a message. Raises ``SendFailed`` if it was surely not accepted; another exception if that is unknown."""
        account = self._account
        response = await call(
            self._http,
            "POST",
            f"{account.base_url.rstrip('/')}/sms/json",
            data={
                "api_key": account.key,
                "api_secret": account.secret,
                "from": account.sender,
                "to": reply.recipient.removeprefix("+"),
                "text": reply.text,
                "type": "text" if is_gsm7(reply.text) else "unicode",
                "client-ref": reply.id[:40],
                "callback": f"{self._public_url}/webhooks/sms/{self.name}/status",
            },
        )
        if response.is_client_error:
            raise SendFailed(str(response.status_code), permanent=True, account=response.status_code in (401, 402, 403))
        return _receipt(response)


def signature(fields: Sequence[tuple[str, str]], account: VonageAccount) -> str:
    """Returns the signature (lower-case hex) of ``fields`` (without ``sig``)."""
    signed = "".join(f"&{name}={_CUT.sub('_', value)}" for name, value in sorted(fields))
    make = _HASHES[account.algorithm]
    return hmac.new(account.signature_secret.encode(), signed.encode(), make).hexdigest()


def _error(fields: Sequence[tuple[str, str]]) -> str:
    code = matching(fields, "err-code", _ERROR, optional=True)
    return "" if code == "0" else code


def _receipt(response: httpx.Response) -> SendReceipt:
    parts = response.json()["messages"]
    refused = [str(part["status"]) for part in parts if str(part["status"]) != "0"]
    if len(refused) == len(parts):
        again, account = REFUSALS.get(refused[0], (False, False))
        raise SendFailed(f"status {refused[0]}"[:64], permanent=not again, account=account)
    accepted = next(part for part in parts if str(part["status"]) == "0")
    message_id = str(accepted["message-id"])
    if refused or not _MESSAGE_ID.fullmatch(message_id):  # some parts were sent and some were not, which cannot be repaired
        raise httpx.RemoteProtocolError("a message in pieces, or without an id")
    return SendReceipt(message_id, "sent", len(parts))
