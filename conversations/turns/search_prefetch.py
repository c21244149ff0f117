"""The search of a turn, begun at the action server while the engine still classifies the message.

This saves time only where a processor is idle, so a worker does it only with a single turn under way.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from conversations.engine.circuit_breaker import CircuitBreaker
from conversations.engine.rasa_client import EngineRequest

_SECONDS = 1.0
MAX_TURNS = 1  # concurrent turns


class SearchPrefetch:
    """Announces the coming search to the action server over ``actions``, unless its ``breaker`` is open. ``close()`` cancels
    open announcements.
    """

    def __init__(self, actions: httpx.AsyncClient, breaker: CircuitBreaker) -> None:
        self._actions, self._breaker = actions, breaker
        self._under_way = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @contextmanager
    def begin_search(self, request: EngineRequest) -> Iterator[None]:
        """Begins the search of ``request``. The engine's turn in the block neither waits for the search nor fails with it."""
        self._under_way += 1
        try:
            if request.text and self._under_way <= MAX_TURNS and not self._breaker.is_open:
                task = asyncio.create_task(self._announce(request))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            yield
        finally:
            self._under_way -= 1

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _announce(self, request: EngineRequest) -> None:
        with suppress(httpx.HTTPError):  # the turn searches by itself, and reports errors
            await self._actions.post(
                "/ahead", json=request.model_dump(include={"message_id", "text", "language"}), timeout=_SECONDS
            )
