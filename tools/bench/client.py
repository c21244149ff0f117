"""A citizen on the website, with the widget's protocol: one conversation over one WebSocket."""

from __future__ import annotations

import json
import time
import uuid
from types import TracebackType
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from core.settings import Settings
from core.web.tls_context import tls_context


class Citizen:
    """One marked conversation with the running service. Use as an asynchronous context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = settings.own_url
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> Citizen:
        async with httpx.AsyncClient(timeout=10, trust_env=False, verify=tls_context()) as client:
            opened = await client.post(
                f"{self._base}/api/web/conversations",
                json={"language": "fr", "origin": "bench"},
                headers=self._settings.internal_headers,
            )
        opened.raise_for_status()
        self._socket = await connect(self._base.replace("http", "ws", 1) + "/api/web/socket", compression=None)
        await self._send({"type": "hello", "token": opened.json()["token"], "after": 0})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def ask(self, text: str) -> tuple[dict[str, Any], float]:
        """Plays one turn. Returns the reply event, and milliseconds from sending to receiving."""
        assert self._socket is not None
        identifier = str(uuid.uuid4())
        started = time.perf_counter()
        await self._send({"type": "message", "id": identifier, "text": text})
        async for frame in self._socket:
            event = json.loads(frame)
            if event["type"] == "reply" and event["in_reply_to"] == identifier:
                return event, (time.perf_counter() - started) * 1000
        raise ConnectionError("the service closed the socket before it replied")

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self._socket is not None
        await self._socket.send(json.dumps(frame))
