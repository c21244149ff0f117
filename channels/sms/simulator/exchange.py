"""The exchange between phones and our gateway: posts texts from phones to our webhook, and shows ours on a phone.

It is in the gateway's memory: a restart of the simulator loses it, but not the record.
"""

import asyncio
import secrets
from collections import defaultdict, deque
from collections.abc import Coroutine
from typing import Any

import httpx
import structlog

from channels.sms.encoding import measure
from channels.sms.simulator.operator import Call, Operator
from channels.sms.simulator.texts import Fate, Rejected, Text

_MAX_TEXTS = 500  # messages, of all phones together
_SLOW_SECONDS = 10.0
_LATE_SECONDS = 5.0  # before an answer; less than our patience with a provider

log = structlog.get_logger(__name__)


class Exchange:
    """Connects phones with our own gateway (at ``local_url``), through ``operator``."""

    def __init__(self, operator: Operator, http: httpx.AsyncClient, *, local_url: str) -> None:
        self.id = secrets.token_hex(4)
        self.fates: defaultdict[str, Fate] = defaultdict(lambda: Fate.NORMAL)
        self._operator = operator
        self._http = http
        self._local_url = local_url
        self._texts: deque[Text] = deque(maxlen=_MAX_TEXTS)
        # Numbers of messages continue after those of an earlier simulator, or our deduplication would take them for old ones.
        self._number = secrets.randbits(40)
        self._revision = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def from_phone(self, phone: str, body: str) -> Text:
        """Posts a phone's text to our webhook. Returns it; ``status`` tells whether it was accepted."""
        text = await self._add(self._new(phone, body, "from_phone", "sending"))
        calls = list(self._operator.inbound(text))
        if self.fates[phone] is Fate.TWICE:
            calls += calls
        accepted = [await self._call(call) for call in calls]
        await self._set_status(text, "delivered" if all(accepted) else "failed")
        return text

    async def accept(self, phone: str, body: str) -> Text:
        """Accepts a text of ours: shows it on the phone at once, and sends receipts later. Raises ``Rejected``."""
        if self.fates[phone] in (Fate.REFUSED, Fate.BUSY):
            raise Rejected(self.fates[phone])
        text = await self._add(self._new(phone, body, "to_phone", "queued"))
        self._spawn(self._deliver(text))
        if self.fates[phone] is Fate.LATE:
            await asyncio.sleep(_LATE_SECONDS)
        return text

    async def newer(self, phone: str, revision: int, *, wait_seconds: float) -> tuple[int, list[Text]]:
        """Returns the present revision, and the changes for ``phone`` since ``revision``. Waits for one if there is none."""

        def changed() -> list[Text]:
            return [text for text in self.texts_of(phone) if text.revision > revision]

        async with self._changed:
            try:
                async with asyncio.timeout(wait_seconds):
                    await self._changed.wait_for(lambda: bool(changed()))
            except TimeoutError:
                pass
            return self._revision, changed()

    def texts_of(self, phone: str) -> list[Text]:
        """Returns all texts of ``phone``, oldest first."""
        return [text for text in self._texts if text.phone == phone]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()

    async def _deliver(self, text: Text) -> None:
        fate = self.fates[text.phone]
        for status in ("sent", "failed" if fate is Fate.UNDELIVERED else "delivered"):
            if fate is Fate.SLOW:
                await asyncio.sleep(_SLOW_SECONDS)
            await self._set_status(text, status)
            call = self._operator.receipt(text)
            if call is not None and fate is not Fate.SILENT:
                for _ in range(2 if fate is Fate.TWICE else 1):
                    await self._call(call)

    async def _call(self, call: Call) -> bool:
        try:
            response = await self._http.request(call.method, self._local_url + call.path, **call.arguments())
        except httpx.HTTPError as error:
            log.warning("simulator_webhook_failed", error=type(error).__name__, path=call.path)
            return False
        return response.is_success

    def _new(self, phone: str, body: str, direction: Any, status: str) -> Text:
        self._number += 1
        sid = "SM" + secrets.token_hex(16)
        return Text(sid, self._number, phone, self._operator.name, direction, body, measure(body), status)

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
