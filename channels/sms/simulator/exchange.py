"""The provider in the middle: what phones text is posted to our webhook, signed; what we send rings on a phone.

All of it is in memory, in the gateway: a simulator that is restarted has forgotten, the record has not.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import httpx
import structlog
from twilio.request_validator import RequestValidator

from channels.sms.encoding import Measure, measure
from channels.sms.providers.twilio import STATUS_SUFFIX, TwilioAccount

_KEPT = 500  # messages, of all phones together

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Text:
    """One SMS as a phone sees it. ``revision`` grows with every change of any message: ask for what is newer."""

    sid: str
    phone: str
    direction: Literal["from_phone", "to_phone"]
    body: str
    measure: Measure
    status: str
    revision: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def public(self) -> dict[str, Any]:
        """As the page reads it."""
        return asdict(self) | {"at": self.at.isoformat()}


class Exchange:
    """Phones on one side, our own gateway on the other.

    ``public_url`` is what webhooks are signed for; they are posted to ``local_url``, which is the same gateway.
    """

    def __init__(
        self, account: TwilioAccount, http: httpx.AsyncClient, *, public_url: str, local_url: str, webhook: str
    ) -> None:
        self.id = secrets.token_hex(4)
        self.account = account
        self._http = http
        self._public_url, self._local_url, self._webhook = public_url, local_url, webhook
        self._validator = RequestValidator(account.auth_token)
        self._texts: deque[Text] = deque(maxlen=_KEPT)
        self._revision = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def from_phone(self, phone: str, body: str) -> Text:
        """A phone sends a text: post it to our webhook, as a provider does. ``status`` tells whether it was taken."""
        text = await self._add(Text(_message_id(), phone, "from_phone", body, measure(body), "sending"))
        taken = await self._post(self._webhook, self._inbound(text))
        await self._set_status(text, "delivered" if taken else "failed")
        return text

    async def to_phone(self, phone: str, body: str, callback: str) -> Text:
        """We send a text: it rings at once, and ``callback`` is told of it (sent, then delivered) in its own time."""
        text = await self._add(Text(_message_id(), phone, "to_phone", body, measure(body), "queued"))
        self._spawn(self._deliver(text, callback))
        return text

    async def newer(self, phone: str, revision: int, *, wait_seconds: float) -> tuple[int, list[Text]]:
        """What changed for ``phone`` since ``revision``, and the revision now; waits for a change if there is none yet."""

        def changed() -> list[Text]:
            return [text for text in self._texts if text.phone == phone and text.revision > revision]

        async with self._changed:
            try:
                async with asyncio.timeout(wait_seconds):
                    await self._changed.wait_for(lambda: bool(changed()))
            except TimeoutError:
                pass
            return self._revision, changed()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def _deliver(self, text: Text, callback: str) -> None:
        for status in ("sent", "delivered"):
            await self._set_status(text, status)
            if callback.startswith(self._public_url):  # nobody else is told anything
                await self._post(callback.removeprefix(self._public_url), self._receipt(text))

    async def _post(self, path: str, form: Mapping[str, str]) -> bool:
        signature = self._validator.compute_signature(self._public_url + path, form)
        try:
            response = await self._http.post(self._local_url + path, data=dict(form), headers={"X-Twilio-Signature": signature})
        except httpx.HTTPError as error:
            log.warning("simulator_webhook_failed", error=type(error).__name__, status_path=path.endswith(STATUS_SUFFIX))
            return False
        return response.is_success

    def _inbound(self, text: Text) -> dict[str, str]:
        blank = dict.fromkeys(("FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"), "")
        return blank | {
            "ApiVersion": "2010-04-01",
            "AccountSid": self.account.sid,
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsMessageSid": text.sid,
            "SmsStatus": "received",
            "From": text.phone,
            "FromCountry": "FR",
            "To": self.account.sender,
            "ToCountry": "FR",
            "Body": text.body,
            "NumMedia": "0",
            "NumSegments": str(text.measure.segments),
        }

    def _receipt(self, text: Text) -> dict[str, str]:
        return {
            "ApiVersion": "2010-04-01",
            "AccountSid": self.account.sid,
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": text.status,
            "SmsStatus": text.status,
            "From": self.account.sender,
            "To": text.phone,
        }

    async def _add(self, text: Text) -> Text:
        self._texts.append(text)
        await self._set_status(text, text.status)
        return text

    async def _set_status(self, text: Text, status: str) -> None:
        async with self._changed:
            self._revision += 1
            text.status, text.revision = status, self._revision
            self._changed.notify_all()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _message_id() -> str:
    return "SM" + secrets.token_hex(16)
