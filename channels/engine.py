"""The dialogue engine as the worker sees it: one message in, one turn out, or ``EngineUnavailable``."""

from __future__ import annotations

import asyncio
import random
import time

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from channels import figures
from core.telemetry import tracing
from core.turns import Turn

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.8  # seconds
_OPEN_AFTER, _OPEN_SECONDS = 5, 2.0
_GONE_SECONDS = 5.0  # without one connection: it is being started again, which takes longer than anybody should wait

log = structlog.get_logger(__name__)


class EngineUnavailable(Exception):
    """The engine gave no turn within the deadline."""


class EngineRefused(Exception):
    """The engine answered that the request is wrong (4xx, or a turn that is none): to repeat it would not help."""


class EngineRequest(BaseModel):
    """A message for ``POST /webhooks/guichet/turns``: exactly one of ``text`` and ``payload``.

    ``enquiry``: the text is to be searched for, whatever the engine would take it for. ``number``: the last digits of a
    telephone number in it that is kept for a call (the text itself is masked).
    """

    model_config = ConfigDict(frozen=True)

    conversation: str
    message_id: str
    channel: str
    language: str
    text: str | None = None
    payload: str | None = None
    enquiry: bool = False
    number: str = ""


class Breaker:
    """After five failed connections in a row, fail at once for two seconds, then let one message try again.

    Whoever tries when none has succeeded for five seconds tries once: their wait would come on top of others' waits.
    Only connections count: a turn that fails inside the engine may be that message's own fault.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0
        self._first = self._last = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    @property
    def is_gone(self) -> bool:
        return self._failures > 0 and self._last - self._first >= _GONE_SECONDS

    def succeeded(self) -> None:
        self._failures, self._open_until = 0, 0.0

    def failed(self) -> None:
        present = time.monotonic()
        if self._failures == 0 or present - self._last > 2 * _GONE_SECONDS:  # nobody has tried for long: nothing is known
            self._first = present
        self._failures, self._last = self._failures + 1, present
        if self._failures >= _OPEN_AFTER:
            self._open_until = present + _OPEN_SECONDS


class Engine:
    """Rasa behind our own input channel. The same ``message_id`` is never applied twice, so a retry is harmless."""

    def __init__(self, url: str, secret: str, *, connections: int, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url}/webhooks/guichet",
            headers={"X-Guichet-Secret": secret},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=60),
            transport=transport,
            trust_env=False,  # loopback: no proxy of the administration's between us
        )
        self._breaker = Breaker()

    async def turn(self, request: EngineRequest, *, deadline: float) -> Turn:
        """The turn of ``request``; ``deadline`` in ``time.monotonic()`` seconds. Raises the two errors above."""
        with tracing.span("rasa", kind="client") as span:
            return await self._turn(request, deadline, span)

    async def _turn(self, request: EngineRequest, deadline: float, span: tracing.Span) -> Turn:
        if self._breaker.is_open:
            figures.ENGINE_FAILURES.labels("breaker").inc()
            raise EngineUnavailable("breaker")
        pause, reason = _FIRST_PAUSE, "deadline"
        began = time.monotonic()
        headers = {"traceparent": trace} if (trace := tracing.traceparent()) else {}
        attempts = 0
        while (left := deadline - time.monotonic()) > 0:
            attempts += 1
            span.note(attempts=attempts)
            try:
                response = await self._http.post(
                    "/turns", json=request.model_dump(), headers=headers, timeout=httpx.Timeout(left, connect=min(left, 1))
                )
            except httpx.TransportError as error:
                reason = type(error).__name__
                if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    self._breaker.failed()
                    if self._breaker.is_gone:
                        break
            else:
                self._breaker.succeeded()
                if response.status_code == httpx.codes.OK:
                    figures.ENGINE_SECONDS.observe(time.monotonic() - began)
                    return _read(response)
                if response.status_code < 500:
                    figures.ENGINE_FAILURES.labels("refused").inc()
                    raise EngineRefused(str(response.status_code))
                reason = str(response.status_code)
            log.info("engine_again", reason=reason, message=request.message_id)
            pause = min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(min(pause * random.uniform(0.5, 1), max(0.0, deadline - time.monotonic())))  # noqa: S311
        figures.ENGINE_FAILURES.labels("timeout" if "Timeout" in reason else "unavailable").inc()
        raise EngineUnavailable(reason)

    async def forget(self, conversation: str) -> None:
        """Erase the engine's memory of ``conversation``. Raises ``httpx.HTTPError``."""
        (await self._http.delete(f"/conversations/{conversation}", timeout=5)).raise_for_status()

    async def is_ready(self) -> bool:
        """Whether a model is loaded."""
        try:
            return (await self._http.get("/health", timeout=1)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._http.aclose()


def _read(response: httpx.Response) -> Turn:
    try:
        return Turn.model_validate_json(response.content)
    except ValidationError as error:
        figures.ENGINE_FAILURES.labels("refused").inc()
        raise EngineRefused(f"not a turn: {error.error_count()} errors") from None
