"""A circuit breaker for one dependency: what refuses connections, or takes requests and never answers, is skipped."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context

import structlog

# Refused connections. Only connections count: a turn that fails inside the engine may be that message's own fault.
_OPEN_AFTER, _OPEN_SECONDS = 5, 2.0
_GONE_SECONDS = 5.0  # without one connection: it is being started again, which takes longer than anybody should wait
_ANSWERS_SECONDS = 1.0
# Silence. A single request that is not answered may be that message's own fault, too.
_SILENT_CALLS, _SILENT_SECONDS = 2, 3.0
_FORGOTTEN_SECONDS = 30.0  # nobody has tried for so long: nothing is known
_PROBE_SECONDS = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0

log = structlog.get_logger(__name__)


class CircuitBreaker:
    """Of the dependency ``name``. ``probe``: whether it answers now.

    After five failed connections in a row it is open for two seconds, then lets one message try again; whoever tries when none
    has succeeded for five seconds tries once: their wait would come on top of others' waits.

    After two requests in a row that waited in vain, while nobody else was answered for three seconds, it is open until
    ``probe`` is answered, which is asked at once and then again and again: no citizen waits to find out. It then lets everybody
    try, and one more request in vain opens it again.
    """

    def __init__(self, name: str, probe: Callable[[], Awaitable[bool]]) -> None:
        self._name, self._probe = name, probe
        self._failures = 0
        self._open_until = 0.0
        self._answered = -math.inf
        self._first = self._last = 0.0
        self._unanswered = 0
        self._silent_since = self._last_unanswered = 0.0
        self._pause = 0.0
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_open(self) -> bool:
        return self.is_silent or time.monotonic() < self._open_until

    @property
    def is_silent(self) -> bool:
        """Tells whether it is open because requests are taken and not answered."""
        return self._probing is not None

    @property
    def is_gone(self) -> bool:
        return self._failures > 0 and self._last - self._first >= _GONE_SECONDS

    @property
    def answers(self) -> bool:
        """Tells whether it has answered just now. One that accepts and says nothing does not, and nobody's turn comes there."""
        return time.monotonic() - self._answered < _ANSWERS_SECONDS

    def succeeded(self) -> None:
        """Note an answer, of any kind."""
        self._answered = time.monotonic()
        self._failures, self._open_until = 0, 0.0
        self._unanswered, self._pause = 0, 0.0

    def refused(self) -> None:
        """Note a connection that failed."""
        present = time.monotonic()
        if self._failures == 0 or present - self._last > 2 * _GONE_SECONDS:  # nobody has tried for long: nothing is known
            self._first = present
        self._failures, self._last = self._failures + 1, present
        if self._failures >= _OPEN_AFTER:
            self._open_until = present + _OPEN_SECONDS

    def timed_out(self, began: float) -> None:
        """Note a request that was waited for in vain since ``began`` (``time.monotonic()``)."""
        if self._answered >= began:
            return  # others were answered meanwhile: it is slow, or this message is too much for it
        present = time.monotonic()
        if self._unanswered == 0 or present - self._last_unanswered > _FORGOTTEN_SECONDS:
            self._unanswered, self._silent_since = 0, began
        self._unanswered, self._last_unanswered = self._unanswered + 1, present
        silent = present - max(self._silent_since, self._answered)
        if self._unanswered >= _SILENT_CALLS and silent >= _SILENT_SECONDS and not self.is_silent:
            log.warning("breaker_opened", of=self._name)
            # Of no conversation: what it logs is not the message's that opened it.
            self._probing = asyncio.create_task(self._probe_until_answered(), context=Context())

    async def close(self) -> None:
        """End the probing, with the process."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _probe_until_answered(self) -> None:
        answered = False
        while not answered:
            await asyncio.sleep(self._pause)
            # It may answer this and no turn. Until one is answered, each probe comes later than the one before.
            self._pause = min(max(_FIRST_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
            with suppress(Exception):  # whatever it is, there was no answer; to stop asking would leave it open for ever
                async with asyncio.timeout(_PROBE_SECONDS):
                    answered = await self._probe()
        log.info("breaker_closed", of=self._name)
        self._probing = None
        self._unanswered, self._silent_since = _SILENT_CALLS - 1, time.monotonic()
