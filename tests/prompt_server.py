"""uvicorn without its pauses at the end."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from socket import socket
from typing import override

import uvicorn

from tests.waiting import until

_LOOK_SECONDS, _LOOKS_A_TICK = 0.02, 5
_CLOSING_SECONDS = 0.1  # what uvicorn gives its connections to close, whether there are any or not


class PromptServer(uvicorn.Server):
    """Ends as soon as it is told to and nothing is under way.

    uvicorn looks ten times a second whether it should, then waits for a tenth: over all tests that start one, minutes.
    """

    @override
    async def main_loop(self) -> None:
        for look in itertools.count():
            tick, beside = divmod(look, _LOOKS_A_TICK)
            if self.should_exit or (not beside and await self.on_tick(tick)):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    @override
    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        for closed in (*self.servers, *(sockets or ())):
            closed.close()
        under_way = self.server_state
        for connection in list(under_way.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            seconds = _CLOSING_SECONDS + (self.config.timeout_graceful_shutdown or 0)
            await until(lambda: not under_way.connections and not under_way.tasks, seconds=seconds)
        for task in under_way.tasks:
            task.cancel()
        await self.lifespan.shutdown()
