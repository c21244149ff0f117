"""The dialogue engine as the worker sees it: takes one message, returns one turn, or raises ``EngineUnavailable``."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Sequence
from contextlib import suppress

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversations import metrics
from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.engine.rasa_pool import CONNECT_ERRORS, RasaPool, RasaProcess
from core.reply_form import FORM
from core.telemetry import tracing
from core.turns import Turn

SKIP_HEADER = "X-Guichet-Skip-Actions"  # the action server hangs: a turn that needs an action fails at once
ANSWERED_HEADER = "X-Guichet-Actions-Answered"
SILENT, SKIPPED, UNREACHABLE = "actions_silent", "actions_skipped", "actions_unreachable"
_PARTS_HEADER = "x-guichet-parts"
_PART = re.compile(r"([a-z]{1,16})=(\d{19})-(\d{19})")  # nanoseconds since 1970
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.8  # seconds

log = structlog.get_logger(__name__)


class EngineFailure(BaseModel):
    """The reason for a failure (``bot/action_calls.py``). ``cause``: see above, or another word.

    ``waited_seconds``: for a silent action server.
    """

    model_config = ConfigDict(frozen=True)

    cause: str
    waited_seconds: float = Field(0.0, ge=0)

    @classmethod
    def of(cls, response: httpx.Response) -> EngineFailure:
        """Returns the failure in ``response`` (5xx), or one with its status as the cause if the body is not readable."""
        try:
            return cls.model_validate_json(response.content)
        except ValidationError:
            return cls(cause=str(response.status_code))


def record_spans(response: httpx.Response) -> None:
    """Records the times that ``response`` reports (``bot/trace.py``) as spans within the current one."""
    for part in response.headers.get(_PARTS_HEADER, "").split(", "):
        if match := _PART.fullmatch(part):
            tracing.record_span(match[1], int(match[2]), int(match[3]))


class EngineUnavailable(Exception):
    """The engine gave no turn within the deadline."""


class ActionsUnavailable(EngineUnavailable):
    """The engine gave no turn because the action server does not answer: asking it for anything else would not help."""


class EngineRefused(Exception):
    """The engine rejected the request (4xx, or its answer is no valid turn): repeating it would not help."""


class EngineRequest(BaseModel):
    """A message for ``POST /webhooks/guichet/turns``: exactly one of ``text`` and ``payload``.

    ``enquiry``: search for the text, whatever intent the engine sees in it. ``number``: the last digits of a telephone number
    in it that is kept for a call (the text itself is masked). ``form``: the form of blocks that the worker reads; without it,
    the engine uses the oldest.
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
    form: int = FORM


class RasaClient:
    """Rasa behind our own input channel, in one or several processes, each with at most ``max_concurrent`` turns.

    The same ``message_id`` is never applied twice, so a retry is harmless. ``actions``: the breaker of the action server; while
    that server hangs, turns that need an action fail at once.
    """

    def __init__(
        self,
        urls: Sequence[str],
        secret: str,
        *,
        max_concurrent: int,
        actions: CircuitBreaker | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._pool = RasaPool(urls, secret, max_concurrent=max_concurrent, transport=transport)
        self._actions = actions

    async def turn(self, request: EngineRequest, *, deadline: float) -> Turn:
        """Returns the turn of ``request``. ``deadline`` is in ``time.monotonic()`` seconds. Raises the errors above."""
        with tracing.span("rasa", kind="client") as span:
            return await self._turn(request, deadline, span)

    async def _turn(self, request: EngineRequest, deadline: float, span: tracing.Span) -> Turn:
        # Processes whose breaker is closed. A request that already waits keeps trying them: one may return at any moment.
        processes = [one for one in self._pool.ranked(request.conversation) if not one.breaker.is_open]
        if not processes:
            metrics.ENGINE_FAILURES.labels("breaker").inc()
            raise EngineUnavailable("breaker")
        pause, reason = _FIRST_PAUSE, "deadline"
        began = time.monotonic()
        attempts = 0
        while time.monotonic() < deadline:
            for process in processes:
                if process.breaker.is_silent:
                    continue
                attempts += 1
                span.note(attempts=attempts)
                response = await self._request(process, request, deadline)
                if isinstance(response, httpx.Response):
                    if response.status_code == httpx.codes.OK:
                        metrics.ENGINE_SECONDS.observe(time.monotonic() - began)
                        return _read(response)
                    if response.status_code < 500:
                        metrics.ENGINE_FAILURES.labels("refused").inc()
                        raise EngineRefused(str(response.status_code))
                    failure = EngineFailure.of(response)
                    if failure.cause in (SILENT, SKIPPED):
                        raise self._actions_unavailable(failure)
                    reason = failure.cause  # nothing is stored of a turn that failed: another process may try it
                    continue
                reason = type(response).__name__
                if isinstance(response, httpx.PoolTimeout):
                    metrics.ENGINE_FAILURES.labels("crowded").inc()
                    raise EngineUnavailable("crowded")
                if not isinstance(response, CONNECT_ERRORS):
                    break
            if self._pool.are_gone or all(one.breaker.is_silent for one in processes):
                break
            log.info("engine_again", reason=reason, message=request.message_id)
            pause = min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(min(pause * random.uniform(0.5, 1), max(0.0, deadline - time.monotonic())))  # noqa: S311
        if reason == UNREACHABLE:
            raise self._actions_unavailable(EngineFailure(cause=SILENT, waited_seconds=time.monotonic() - began))
        metrics.ENGINE_FAILURES.labels("timeout" if "Timeout" in reason else "unavailable").inc()
        raise EngineUnavailable(reason)

    async def _request(
        self, process: RasaProcess, request: EngineRequest, deadline: float
    ) -> httpx.Response | httpx.TransportError:
        headers = {"traceparent": trace} if (trace := tracing.traceparent()) else {}
        if self._actions is not None and self._actions.is_silent:
            headers[SKIP_HEADER] = "1"
        try:
            response = await process.turn(
                request.model_dump_json().encode(),
                headers=headers,
                deadline=deadline,
                # Where there are others, the client does not wait for a process whose machine is gone.
                connect=1 if len(self._pool) == 1 else 0.5,
            )
        except httpx.TransportError as error:
            return error
        if self._actions is not None and ANSWERED_HEADER in response.headers:
            self._actions.record_answer()
        record_spans(response)
        return response

    def _actions_unavailable(self, failure: EngineFailure) -> ActionsUnavailable:
        if self._actions is not None and failure.cause == SILENT:
            self._actions.record_timeout(time.monotonic() - failure.waited_seconds)
        metrics.ENGINE_FAILURES.labels("actions").inc()
        return ActionsUnavailable("actions")

    async def forget(self, conversation: str) -> None:
        """Erases the engine's memory of ``conversation``. Raises ``httpx.HTTPError``."""
        *others, last = self._pool.ranked(conversation)
        for process in others:
            with suppress(*CONNECT_ERRORS):
                return await _forget(process, conversation)
        return await _forget(last, conversation)

    async def is_ready(self) -> bool:
        """Decides whether one of the processes has loaded a model."""
        return any([await process.is_ready() for process in self._pool.ranked()])

    async def close(self) -> None:
        await self._pool.close()


async def _forget(process: RasaProcess, conversation: str) -> None:
    (await process.http.delete(f"/conversations/{conversation}", timeout=5)).raise_for_status()


def _read(response: httpx.Response) -> Turn:
    try:
        return Turn.model_validate_json(response.content)
    except ValidationError as error:
        metrics.ENGINE_FAILURES.labels("refused").inc()
        raise EngineRefused(f"not a turn: {error.error_count()} errors") from None
