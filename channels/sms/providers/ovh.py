"""SMS by OVHcloud: signed API calls. OVHcloud sends no requests, so messages and states are polled.

Messages are sent with ``senderForResponse`` (a number that accepts answers) and ``noStopClause`` (our own text about STOP is
sent once, instead of a line under each message). A message is deleted at OVHcloud once it is in the record.
"""

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from channels.sms.encoding import is_gsm7
from channels.sms.providers.calling import call
from channels.sms.providers.cause import Cause
from channels.sms.providers.forms import international
from conversations.ports import (
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    InvalidSignature,
    MalformedRequest,
    OutboundMessage,
    Parsed,
    RawRequest,
    SendFailed,
    SendReceipt,
)

# OVHcloud's "ptt" (the detailed state of a message) → ours. The list is not exhaustive, as OVHcloud says: for other codes the
# short receipt ("deliveryReceipt") decides.
# https://help.ovhcloud.com/csm/en-ie-sms-users?id=kb_article_view&sysparm_article=KB0051414 (both tables), GET /sms/ptts
STATUS: dict[int, DeliveryStatus] = {
    1: "sending",  # tried again: the telephone
    2: "sending",  # tried again: the operator
    3: "sent",
    4: "delivered",
    6: "sent",  # the operator never reported a final state
    8: "expired",
    21: "expired",  # tried again until it expired, for lack of the subscriber's credit
    **dict.fromkeys((5, 20, 23, 24, 25, 26, 27, 28, 29, 33, 39, 73, 74, 76, 202), "failed"),
}
SHORT_STATUS: dict[int, DeliveryStatus] = {
    0: "sending",  # being created, or waiting
    1: "delivered",
    2: "failed",
    4: "sending",
    8: "sending",  # kept by the network
    16: "failed",  # an error, not billed
}

# Codes that mean that the operator's network surely dropped the message for a temporary reason: it is sent again.
RETRYABLE = frozenset({"25"})

CAUSES: dict[str, Cause] = {
    "5": "unsaid",
    "8": "unreachable",
    "20": "malformed",  # undeliverable in this form
    "21": "unreachable",  # the subscriber's credit
    "23": "unknown_number",  # invalid, or barred permanently
    "24": "unreachable",
    "25": "overload",
    "26": "unreachable",  # full, or busy
    "27": "no_sms",
    "28": "filtered",
    "29": "filtered",
    "33": "barred",  # parental lock
    "39": "unsaid",
    "73": "unreachable",  # ported number
    "74": "unreachable",  # roaming
    "76": "barred",
    "202": "barred",
    "1999": "sender",  # the United States require an approved template
    "invalid receiver": "unknown_number",
    "401": "account",
    "402": "account",
    "403": "account",
}

# Errors of the API that concern our account, not the recipient.
ACCOUNT = frozenset({401, 402, 403})

_POLL_LIMIT = 50  # messages in one poll
_ID = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class OvhAccount:
    """The account. ``service`` is the SMS account (sms-xx00000-1); the keys are those of an API application."""

    service: str
    application_key: str
    application_secret: str
    consumer_key: str
    base_url: str = "https://eu.api.ovh.com/1.0"


class Ovh:
    """A ``Channel`` that is ``Polled``."""

    def __init__(self, account: OvhAccount, http: httpx.AsyncClient, *, name: str = "ovh") -> None:
        self.name = name
        self._account = account
        self._http = http
        self._unreadable: set[int] = set()  # of senders without telephone number: left there, and not read twice
        self._last_polled = ""  # of the messages whose state is asked for
        self._clock_lead: int | None = None  # how many seconds OVHcloud's clock is ahead of ours

    def verify(self, request: RawRequest) -> None:
        """Raises ``InvalidSignature`` always: OVHcloud sends no requests."""
        raise InvalidSignature("OVHcloud is polled")

    def parse(self, request: RawRequest) -> Parsed:
        raise MalformedRequest("OVHcloud is polled")

    async def send(self, reply: OutboundMessage) -> SendReceipt:
        """Creates a job. Raises ``SendFailed`` if it was surely not accepted; another exception if that is unknown."""
        response = await self._call(
            "POST",
            "jobs",
            {
                "message": reply.text,
                "receivers": [reply.recipient],
                "senderForResponse": True,
                "noStopClause": True,
                "coding": "7bit" if is_gsm7(reply.text) else "8bit",
                "charset": "UTF-8",
                "priority": "high",
                "validityPeriod": 60,
                "tag": reply.id[:20],
            },
        )
        if response.is_client_error:
            raise SendFailed(
                str(response.status_code), permanent=response.status_code != 409, account=response.status_code in ACCOUNT
            )
        answer = response.json()
        if answer.get("invalidReceivers"):
            raise SendFailed("invalid receiver", permanent=True)
        (identifier,) = answer["ids"]
        return SendReceipt(str(int(identifier)), "sent", round(float(answer.get("totalCreditsRemoved") or 0)))

    async def poll(self, pending: Sequence[str]) -> Sequence[InboundMessage | DeliveryReceipt]:
        """Returns new messages, and the states of those ``pending``."""
        items: list[InboundMessage | DeliveryReceipt] = []
        waiting = [int(identifier) for identifier in sorted(await self._get("incoming"))]
        self._unreadable &= set(waiting)
        for identifier in [one for one in waiting if one not in self._unreadable][:_POLL_LIMIT]:
            document = await self._get(f"incoming/{identifier}")
            if document is not None and (message := incoming(document)) is not None:
                items.append(message)
            else:
                self._unreadable.add(identifier)
        for sent in self._next_pending(pending):
            document = await self._get(f"outgoing/{sent}") if _ID.fullmatch(sent) else None
            if document is not None:
                items.append(receipt(document))
        return items

    def _next_pending(self, pending: Sequence[str]) -> Sequence[str]:
        """Returns the next ids in rotation: some never get a state, and would block others for days."""
        begin = pending.index(self._last_polled) + 1 if self._last_polled in pending else 0
        turn = [*pending[begin:], *pending[:begin]][:_POLL_LIMIT]
        self._last_polled = turn[-1] if turn else ""
        return turn

    async def done(self, committed: Sequence[InboundMessage | DeliveryReceipt]) -> None:
        """Deletes the messages that were taken in."""
        for one in committed:
            if isinstance(one, InboundMessage):
                await self._call("DELETE", f"incoming/{one.external_id}")

    async def _get(self, path: str) -> Any:
        response = await self._call("GET", path)
        if response.status_code == 404:
            return None
        response.raise_for_status()
        return response.json()

    async def _call(self, method: str, path: str, document: dict[str, Any] | None = None) -> httpx.Response:
        account = self._account
        url = f"{account.base_url.rstrip('/')}/sms/{quote(account.service, safe='')}/{path}"
        body = orjson.dumps(document).decode() if document is not None else ""
        stamp = str(int(time.time()) + await self._clock())
        headers = {
            "X-Ovh-Application": account.application_key,
            "X-Ovh-Consumer": account.consumer_key,
            "X-Ovh-Timestamp": stamp,
            "X-Ovh-Signature": signature(account, method, url, body, stamp),
            "Content-Type": "application/json",
        }
        return await call(self._http, method, url, content=body, headers=headers)

    async def _clock(self) -> int:
        """Returns OVHcloud's lead in seconds, asked once: it refuses calls whose time is wrong."""
        if self._clock_lead is None:
            response = await call(self._http, "GET", f"{self._account.base_url.rstrip('/')}/auth/time")
            self._clock_lead = int(response.text) - int(time.time())
        return self._clock_lead


def signature(account: OvhAccount, method: str, url: str, body: str, stamp: str) -> str:
    """Returns the signature for OVHcloud's API: ``$1$`` and the SHA-1 of all parts of a call, secrets first."""
    parts = (account.application_secret, account.consumer_key, method, url, body, stamp)
    return "$1$" + hashlib.sha1("+".join(parts).encode(), usedforsecurity=False).hexdigest()


def incoming(document: dict[str, Any]) -> InboundMessage | None:
    """Returns a message from OVHcloud's document; ``None`` if no telephone number sent it."""
    identifier = str(document.get("id", ""))
    try:
        sender = international(str(document.get("sender", "")), "sender")
    except MalformedRequest:
        return None
    if not _ID.fullmatch(identifier):
        return None
    return InboundMessage(identifier, sender, str(document.get("message") or "").replace("\x00", ""))


def receipt(document: dict[str, Any]) -> DeliveryReceipt:
    """Returns the receipt from OVHcloud's document of a sent message."""
    ptt = int(document.get("ptt") or 0)
    status: DeliveryStatus = STATUS.get(ptt) or SHORT_STATUS.get(int(document.get("deliveryReceipt") or 0), "sending")
    return DeliveryReceipt(str(document["id"]), status, str(ptt) if status in ("failed", "expired") else "")
