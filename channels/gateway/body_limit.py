"""Refuses large bodies before anything reads them."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from channels.gateway.problems import Problem, language_of
from channels.wording import Wording

MAX_BODY = 64 * 1024  # bytes; a message is at most a few thousand characters, a webhook a few kilobytes


class BodyLimit:
    """ASGI middleware: reads a body of at most ``limit`` bytes, or answers 413."""

    def __init__(self, app: ASGIApp, wording: Wording, default_language: str, limit: int = MAX_BODY) -> None:
        self._app = app
        self._wording = wording
        self._default_language = default_language
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client went away
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                language = language_of(HTTPConnection(scope), self._default_language)
                refusal = JSONResponse(
                    Problem(413).document(self._wording, language),
                    status_code=413,
                    headers={"Connection": "close"},
                    media_type="application/problem+json",
                )
                await refusal(scope, receive, send)
                return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)
