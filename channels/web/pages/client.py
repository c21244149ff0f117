"""The pages as a client of our own web API, called in the same process: the contract is the only way in, for them too."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
from fastapi import Request

from channels.http.crowd import inside
from channels.web.api.conversations import RECEIPT

# Between two looks, in seconds: most answers come at once, the others take a while.
_FIRST_SECONDS, _GROWTH, _LONGEST_SECONDS = 0.1, 1.5, 0.5
_INSIDE = "http://inside.invalid"  # the caller's Host may be no name at all, and nothing that is answered here depends on it
_LAST = 25  # messages that are looked at: more than may wait of one conversation


class Refused(Exception):
    """The web API refused: ``status``, and its own sentence to the citizen as the message."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        try:
            detail = str(response.json().get("detail", ""))
        except ValueError:
            detail = ""
        super().__init__(detail)


class Client:
    """Calls in the name of the citizen behind ``request`` (limits count their address), in ``language``."""

    def __init__(self, request: Request, language: str, token: str = "") -> None:
        self.token = token if token.isascii() else ""  # none of ours; a header could not carry it
        self._language = language
        source = (request.client.host, request.client.port) if request.client else ("127.0.0.1", 0)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app=inside(request.app), client=source), base_url=_INSIDE)

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Returns the JSON answer, or ``None`` where there is none. Raises ``Refused``."""
        response = await self._answer(method, path, body)
        return response.json() if response.content else None

    async def erase(self) -> str:
        """Erase the conversation; the receipt of it. Raises ``Refused``."""
        response = await self._answer("DELETE", "/api/web/conversations/current")
        return str(response.headers.get(RECEIPT, ""))

    async def begin(self) -> str:
        """Open a conversation and go on in it; its token."""
        self.token = str((await self.call("POST", "/api/web/conversations", {"language": self._language}))["token"])
        return self.token

    async def history(self, *, last: int | None = None) -> dict[str, Any]:
        """``{conversation, language, turns}``; with ``last``, only so many messages."""
        return dict(await self.call("GET", "/api/web/history" + (f"?last={last}" if last else "")))

    async def answered(self, message_id: str, deadline: float) -> bool:
        """Decides whether the message's reply arrived within ``deadline`` seconds."""
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
