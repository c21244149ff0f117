"""uvicorn for our processes: on the holder's socket if there is one, and with a graceful end."""

import asyncio
import socket
import sys
import time
from typing import Any

import uvicorn

from core import socket_handover
from core.garbage_collection import freeze_long_lived
from core.web.keep_alive import KEEP_ALIVE_SECONDS, KeepAliveProtocol

_LAST_USE_SECONDS = 6.0  # for a request on its way on a kept connection: httpx keeps one for 5
_ANSWER_SECONDS = 10.0
_STARTUP_FAILURE = 3  # uvicorn's own value
_CLOSE = (b"connection", b"close")


class Server(uvicorn.Server):
    """Reports to the holder when it listens. Before it ends, each connection may be used once more.

    uvicorn closes idle connections at once: a request on its way would be refused, and a proxy would make a 502 of it. So
    each connection has six seconds for one more request, whose response says that it is the last, and requests in progress
    have ten seconds. Streams and WebSockets, which have no end, are not waited for.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        freeze_long_lived()
        await super().startup(sockets)
        if self.started:
            socket_handover.report_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        began = time.monotonic()
        await asyncio.sleep(0.1)  # the connection accepted last is not in the list yet
        while not self.force_exit and self._worth_waiting(time.monotonic() - began):  # noqa: ASYNC110 - connections tell nobody
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)

    def _worth_waiting(self, seconds: float) -> bool:
        cycles = [one.cycle for one in self.server_state.connections if hasattr(one, "cycle")]  # a WebSocket has none
        answering = [cycle for cycle in cycles if cycle is not None and not cycle.response_started]
        idle = [cycle for cycle in cycles if cycle is None or cycle.response_complete]
        return (bool(answering) and seconds < _ANSWER_SECONDS) or (bool(idle) and seconds < _LAST_USE_SECONDS)


def serve(app: Any, *, host: str, port: int, **options: Any) -> None:
    """Serves ``app`` until SIGTERM or SIGINT, at ``host:port`` or on the holder's socket. ``options`` are uvicorn's."""
    inherited = socket_handover.inherited_socket()
    keep_alive: dict[str, Any] = {"http": KeepAliveProtocol, "timeout_keep_alive": KEEP_ALIVE_SECONDS}
    # No access log: it would contain citizens' addresses and paths.
    server = Server(uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, **(keep_alive | options)))
    server.run([inherited] if inherited is not None else None)
    if not server.started:
        sys.exit(_STARTUP_FAILURE)
