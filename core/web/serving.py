"""uvicorn as our processes run it: on the holder's socket where there is one, and without cutting anybody off at the end."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from typing import Any

import uvicorn

from core import held
from core.collecting import settle
from core.web.last_use import KEPT_SECONDS, KeptProtocol

_LAST_USE_SECONDS = 6.0  # for a request that is on its way on a connection that was kept: httpx keeps one for 5
_ANSWER_SECONDS = 10.0
_STARTUP_FAILURE = 3  # as uvicorn has it
_CLOSE = (b"connection", b"close")


class Server(uvicorn.Server):
    """Says when it listens. Before it ends, it lets connections be used once more.

    uvicorn closes at once what is idle: a request that is already on its way there would meet a closed door, and a proxy
    would make a 502 of it. So each connection has six seconds in which it may bring one more request, whose answer says that it
    is the last, and requests that are being worked on have ten; streams and sockets, which have no end, wait for nothing.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        settle()
        await super().startup(sockets)
        if self.started:
            held.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        began = time.monotonic()
        await asyncio.sleep(0.1)  # what was accepted last is not among the connections yet
        while not self.force_exit and self._worth_waiting(time.monotonic() - began):  # noqa: ASYNC110 - connections tell nobody
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    def _worth_waiting(self, seconds: float) -> bool:
        cycles = [one.cycle for one in self.server_state.connections if hasattr(one, "cycle")]  # a WebSocket has none
        answering = [cycle for cycle in cycles if cycle is not None and not cycle.response_started]
        idle = [cycle for cycle in cycles if cycle is None or cycle.response_complete]
        return (bool(answering) and seconds < _ANSWER_SECONDS) or (bool(idle) and seconds < _LAST_USE_SECONDS)


def serve(app: Any, *, host: str, port: int, **options: Any) -> None:
    """Serve ``app`` until SIGTERM or SIGINT, at ``host:port`` or where the holder has bound; ``options`` are uvicorn's."""
    given = held.inherited()
    kept: dict[str, Any] = {"http": KeptProtocol, "timeout_keep_alive": KEPT_SECONDS}
    # No access log: addresses and paths of citizens are nobody's business.
    server = Server(uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, **(kept | options)))
    server.run([given] if given is not None else None)
    if not server.started:
        sys.exit(_STARTUP_FAILURE)
