"""The pages as a client of our own web API, called in the same process, so that they use the same contract."""

import asyncio
import time
from typing import Any

import httpx
from fastapi import Request

from channels.http.rate_limiting import exempt_from_limits
from channels.web.api.conversations import RECEIPT

# Seconds between two requests: most answers come at once, the others take a while.
_FIRST_SECONDS, _GROWTH, _LONGEST_SECONDS = 0.1, 1.5, 0.5
_BASE_URL = "http://inside.invalid"  # the caller's Host may be invalid, and the answers do not depend on it
_LAST = 25  # messages to read: more than may wait in one conversation


class Refused(Exception):
    """The web API refused: ``status``, and its own text for the citizen as the message."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            detail = str(response.json().get("detail", ""))
        except ValueError:
            detail = ""
        super().__init__(detail)


class Client:
    """Calls for the citizen of ``request`` (limits count their address), in ``language``."""

    def __init__(self, request: Request, language: str, token: str = "") -> None:
        self.token = token if token.isascii() else ""  # otherwise not one of ours, and a header cannot carry it
        self._language = language
        source = (request.client.host, request.client.port) if request.client else ("127.0.0.1", 0)
        transport = httpx.ASGITransport(app=exempt_from_limits(request.app), client=source)
        self._http = httpx.AsyncClient(transport=transport, base_url=_BASE_URL)

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Returns the JSON answer, or ``None`` where there is none. Raises ``Refused``."""
        response = await self._answer(method, path, body)
        return response.json() if response.content else None

    async def erase(self) -> str:
        """Erases the conversation and returns its receipt. Raises ``Refused``."""
        response = await self._answer("DELETE", "/api/web/conversations/current")
        return str(response.headers.get(RECEIPT, ""))

    async def begin(self) -> str:
        """Opens a conversation, uses it from now on, and returns its token."""
        self.token = str((await self.call("POST", "/api/web/conversations", {"language": self._language}))["token"])
        return self.token

    async def reopen(self, code: str) -> None:
        """Uses the conversation that the link with ``code`` opens from now on. Raises ``Refused``."""
        self.token = str((await self.call("POST", "/api/web/conversations/reopened", {"code": code}))["token"])

    async def history(self, *, last: int | None = None) -> dict[str, Any]:
        """Returns ``{conversation, language, turns}``; with ``last``, only so many messages."""
        return dict(await self.call("GET", "/api/web/history" + (f"?last={last}" if last else "")))

    async def wait_for_reply(self, message_id: str, deadline: float) -> bool:
        """Waits for the message's reply, at most ``deadline`` seconds. Returns false if it did not come."""
        end, pause = time.monotonic() + deadline, _FIRST_SECONDS
        while time.monotonic() < end:
            for turn in (await self.history(last=_LAST))["turns"]:
                if turn["reply"] and turn["reply"]["in_reply_to"] == message_id:
                    return True
            await asyncio.sleep(pause)
            pause = min(pause * _GROWTH, _LONGEST_SECONDS)
        return False

    async def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        headers = {"Accept-Language": self._language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        response = await self._http.request(method, path, json=body, headers=headers)
        if response.is_error:
            raise Refused(response)
        return response
