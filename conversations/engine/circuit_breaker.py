"""A circuit breaker for one dependency: skips it while it refuses connections, or accepts requests and never answers."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context

import structlog

# Refused connections. Only connections count: a turn that fails inside the engine may fail because of that message.
_OPEN_AFTER, _OPEN_SECONDS = 5, 2.0
_GONE_SECONDS = 5.0  # without one connection: it is restarting, which takes longer than a citizen should wait
_ANSWERS_SECONDS = 1.0
# Silence. A single request without an answer may fail because of that message, too.
_SILENT_CALLS, _SILENT_SECONDS = 2, 3.0
_FORGOTTEN_SECONDS = 30.0  # without an attempt: nothing is known any more
_PROBE_SECONDS = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0

log = structlog.get_logger(__name__)


class CircuitBreaker:
    """The breaker of the dependency ``name``. ``probe`` asks it whether it answers now.

    After five failed connections in a row the breaker is open for two seconds, then lets one message try again. If no
    connection succeeded for five seconds, a caller tries only once, because its wait would add to the wait of others.

    After two requests in a row without an answer, while no other request was answered for three seconds, the breaker is open
    until ``probe`` is answered. The probe runs at once and then repeatedly, so no citizen waits for it. The breaker then lets
    all requests try, and one more request without an answer opens it again.
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
        """Decides whether it is open because requests are accepted and not answered."""
        return self._probing is not None

    @property
    def is_gone(self) -> bool:
        return self._failures > 0 and self._last - self._first >= _GONE_SECONDS

    @property
    def answered_recently(self) -> bool:
        """Decides whether it has answered within the last second."""
        return time.monotonic() - self._answered < _ANSWERS_SECONDS

    def record_answer(self) -> None:
        """Records an answer, of any kind."""
        self._answered = time.monotonic()
        self._failures, self._open_until = 0, 0.0
        self._unanswered, self._pause = 0, 0.0

    def record_refusal(self) -> None:
        """Records a connection that failed."""
        present = time.monotonic()
        if self._failures == 0 or present - self._last > 2 * _GONE_SECONDS:  # no attempt for long: nothing is known
            self._first = present
        self._failures, self._last = self._failures + 1, present
        if self._failures >= _OPEN_AFTER:
            self._open_until = present + _OPEN_SECONDS

    def record_timeout(self, began: float) -> None:
        """Records a request that began at ``began`` (``time.monotonic()``) and got no answer."""
        if self._answered >= began:
            return  # others were answered meanwhile: it is slow, or this message is too much for it
        present = time.monotonic()
        if self._unanswered == 0 or present - self._last_unanswered > _FORGOTTEN_SECONDS:
            self._unanswered, self._silent_since = 0, began
        self._unanswered, self._last_unanswered = self._unanswered + 1, present
        silent = present - max(self._silent_since, self._answered)
        if self._unanswered >= _SILENT_CALLS and silent >= _SILENT_SECONDS and not self.is_silent:
            log.warning("breaker_opened", of=self._name)
            # In an empty context: its log lines do not belong to the message that opened it.
            self._probing = asyncio.create_task(self._probe_until_answered(), context=Context())

    async def close(self) -> None:
        """Ends the probing, at the end of the process."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _probe_until_answered(self) -> None:
        answered = False
        while not answered:
            await asyncio.sleep(self._pause)
            # It may answer a probe and no turn. Until a turn is answered, the pause before each probe grows.
            self._pause = min(max(_FIRST_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
            with suppress(Exception):  # no answer, for any reason; without further probes it would stay open for ever
                async with asyncio.timeout(_PROBE_SECONDS):
                    answered = await self._probe()
        log.info("breaker_closed", of=self._name)
        self._probing = None
        self._unanswered, self._silent_since = _SILENT_CALLS - 1, time.monotonic()
