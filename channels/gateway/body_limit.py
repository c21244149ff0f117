"""Refuses large bodies before they are read. The desk's uploads are counted while they are read."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.problems import Problem, ProblemResponder

MAX_BODY = 64 * 1024  # bytes; a message is at most a few thousand characters, a webhook a few kilobytes
MAX_DESK_BODY = 2**20  # an entry with all its cases is at most a few hundred kilobytes
_DESK = ("/desk", "/api/desk")


class BodyLimit:
    """ASGI middleware: reads a body of at most ``MAX_BODY`` bytes (1 MB for the desk), or answers 413.

    ``streamed``: path prefix → bytes. Bodies of these paths are not read here: a route reads them once the caller is known, and
    gets ``Problem`` 413 at the first byte too many.
    """

    def __init__(self, app: ASGIApp, answer: ProblemResponder, streamed: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._answer = answer
        self._streamed = dict(streamed or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        streamed = next((limit for prefix, limit in self._streamed.items() if path.startswith(prefix)), 0)
        if streamed:
            await self._app(scope, _limit_while_reading(receive, streamed), send)
            return
        limit = MAX_DESK_BODY if path.startswith(_DESK) else MAX_BODY
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has disconnected
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                refusal = self._answer(Request(scope), Problem(413), {"Connection": "close"})
                await refusal(scope, receive, send)
                return
        replayed = False

        async def replay() -> Message:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


def _limit_while_reading(receive: Receive, limit: int) -> Receive:
    read = 0

    async def counting() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise Problem(413)
        return message

    return counting
