"""Caps of open connections, of all clients and of each address; beyond, 503 with ``Retry-After``.

uvicorn's own cap (``limit_concurrency``) knows no addresses, and does not say when to come back.
"""

import asyncio
from collections import Counter
from typing import Any

import structlog
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from channels.gateway.request_timeouts import TimeoutProtocol
from core.problems import UNAVAILABLE_SECONDS
from core.settings import Settings
from core.web.network import is_among, network

log = structlog.get_logger(__name__)


async def _overloaded(scope: Scope, receive: Receive, send: Send) -> None:
    detail = "Trop de connexions en même temps : réessayez dans quelques secondes. / Too many connections: try again soon."
    problem = {"type": "about:blank", "status": 503, "code": "overloaded", "title": "Service Unavailable", "detail": detail}
    headers = {"Retry-After": str(UNAVAILABLE_SECONDS), "Connection": "close"}
    await JSONResponse(problem, 503, headers, media_type="application/problem+json")(scope, receive, send)


class LimitedProtocol(TimeoutProtocol):
    """One connection. A refused one gets 503 for its first request, whatever that is, and is closed.

    Sockets are not counted by address here (``RateLimiting`` does), nor are reverse proxies: theirs are many citizens'.
    """

    most = 4000
    most_of_address = 1000
    proxies = ""
    open_from: Counter[str]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        self._network = "" if not host or is_among(host, self.proxies) else network(host)
        self.open_from[self._network] += 1
        crowded = bool(self._network) and self.open_from[self._network] > self.most_of_address
        self._refused = crowded or len(self.connections) > self.most
        if self._refused:
            log.warning("held_off", limit="connections of an address" if crowded else "connections")
            self.app = _overloaded

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        if self._refused:
            self.transport.abort()
            return
        self._forget()
        super().handle_websocket_upgrade()

    def _forget(self) -> None:
        self.open_from[self._network] -= 1
        if self.open_from[self._network] <= 0:
            del self.open_from[self._network]


def limited_protocol(settings: Settings) -> type[LimitedProtocol]:
    """Returns the protocol of a gateway with ``settings``."""
    limits: dict[str, Any] = {
        "most": settings.limit_connections,
        "most_of_address": settings.limit_connections_per_address,
        "proxies": f"127.0.0.0/8,::1,{settings.proxies}",
        "open_from": Counter(),
    }
    return type("GatewayProtocol", (LimitedProtocol,), limits)
