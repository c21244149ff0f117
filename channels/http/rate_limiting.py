"""Refuses addresses that send too much: too many requests in a minute, or too many concurrent sockets and streams.

Not counted: files (they cost nothing), webhooks (a provider has one address; its signature decides), and our own processes on
this machine.
"""

from collections import Counter
from collections.abc import Sequence

import structlog
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from channels.http.deps import Deps
from channels.http.security import is_from_here, shows_secret
from conversations.signals.rate_counters import WIDE_NETWORK_FACTOR
from core.problems import Problem, ProblemResponder
from core.web.network import networks

INSIDE = "guichet.inside"
_UNCOUNTED = ("/widget", "/static/", "/desk/static/", "/webhooks/", "/health/", "/metrics")
_STREAMS = ("/api/web/events",)
RETRY_SECONDS = 60  # the counters' window
_TRY_AGAIN = 1013  # the WebSocket code for "try again later"

log = structlog.get_logger(__name__)


def exempt_from_limits(app: ASGIApp) -> ASGIApp:
    """Returns ``app`` for our own pages, which call the web API for a citizen whose own request was counted already."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, INSIDE: True}, receive, send)  # clients cannot set a key of the scope

    return marked


class RateLimiting:
    """ASGI middleware. ``open_now`` counts sockets and streams of this process by network (of IPv6 by the /48, too)."""

    def __init__(self, app: ASGIApp, deps: Deps, answer: ProblemResponder) -> None:
        self._app = app
        self._deps = deps
        self._answer = answer
        self.open_now: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._counted(scope):
            await self._app(scope, receive, send)
            return
        address = HTTPConnection(scope).client
        host = address.host if address else ""
        if not await self._deps.limits.allow_request(host):
            await self._refuse(scope, receive, send, "requests")
        elif scope["type"] == "websocket" or scope["path"] in _STREAMS:
            await self._serve_open(networks(host), scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _counted(self, scope: Scope) -> bool:
        if scope["type"] not in ("http", "websocket") or INSIDE in scope or scope["path"].startswith(_UNCOUNTED):
            return False
        connection = HTTPConnection(scope)
        return not (is_from_here(self._deps, connection) or shows_secret(self._deps, connection))

    async def _serve_open(self, client_networks: Sequence[str], scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._deps.settings.limit_open_per_address
        limits = (limit * (WIDE_NETWORK_FACTOR if wider else 1) for wider in range(len(client_networks)))
        if any(self.open_now[network] >= most for network, most in zip(client_networks, limits, strict=True)):
            await self._refuse(scope, receive, send, "open")
            return
        self.open_now.update(client_networks)
        try:
            await self._app(scope, receive, send)
        finally:
            self.open_now.subtract(client_networks)
            for network in client_networks:
                if not self.open_now[network]:
                    del self.open_now[network]

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: str) -> None:
        log.warning("held_off", limit=limit)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": _TRY_AGAIN})
            return
        refusal = self._answer(Request(scope), Problem(429, retry_seconds=RETRY_SECONDS))
        await refusal(scope, receive, send)
