"""Refuses requests for a host name that is not ours, such as one that an attacker's page lets point to this machine."""

from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.http.deps import Deps
from channels.http.rate_limiting import INSIDE
from channels.http.security import shows_secret
from core.problems import Problem, ProblemResponder


class AllowedHosts:
    """ASGI middleware: answers 421 in words, unless Starlette's check of ``allowed_hosts`` or our own secret lets it pass."""

    def __init__(self, app: ASGIApp, deps: Deps, answer: ProblemResponder) -> None:
        self._app = app
        self._deps = deps
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or INSIDE in scope or await self._is_ours(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._answer(Request(scope), Problem(421, "desk.desk_wrong_host"))(scope, receive, send)

    async def _is_ours(self, scope: Scope) -> bool:
        if shows_secret(self._deps, HTTPConnection(scope)):
            return True
        reached = False

        async def reach(*_arguments: object) -> None:
            nonlocal reached
            reached = True

        async def ignore(_message: Message) -> None:
            """Drops Starlette's own answer, which is English plain text."""

        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        checked = TrustedHostMiddleware(reach, self._deps.settings.allowed_hosts, www_redirect=False)
        await checked(scope, nothing, ignore)
        return reached
