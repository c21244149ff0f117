"""Redirections to our own pages without a host: the framework would use the caller's Host header."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FRAMEWORK_STATUS = 307  # from ``/about/`` to ``/about``; all other redirections are written here, as paths


class RelativeRedirects:
    """ASGI middleware: makes the framework's redirections lead to a path."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_path(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == _FRAMEWORK_STATUS:
                headers = MutableHeaders(scope=message)
                _, _, path = headers["location"].partition("://")[2].partition("/")
                headers["location"] = "/" + path.lstrip("/")  # two slashes would begin a host
            await send(message)

        await self._app(scope, receive, send_path)
