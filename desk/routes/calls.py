"""``/api/desk/calls``: a line on which an open page hears what waits for whoever reads it."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from core.identity import Right
from desk.access import signed_in_socket
from desk.calls import as_told, calls_for
from desk.shell import shell_of

_EVERY_SECONDS = 3.0  # between two looks: what waits is noticed within ten


def router() -> APIRouter:
    routes = APIRouter()

    @routes.websocket("/api/desk/calls")
    async def calls(websocket: WebSocket) -> None:
        """Tell at once, and again whenever it is otherwise."""
        async with signed_in_socket(websocket, Right.READ_ENTRIES) as staff:  # all who sign in at the desk have it
            shell = shell_of(websocket)
            before: list[dict[str, Any]] | None = None
            shell.open_pages[staff.id] += 1
            try:
                while True:
                    found = as_told(shell, staff, await calls_for(shell, staff))
                    if found != before:
                        await websocket.send_text(orjson.dumps(found).decode())
                        before = found
                    await _pause(websocket)
            except (WebSocketDisconnect, RuntimeError):
                return
            finally:
                shell.open_pages[staff.id] -= 1

    return routes


async def _pause(websocket: WebSocket) -> None:
    """Wait for the next look; what the page says meanwhile means nothing, but that it is gone ends the line."""
    try:
        async with asyncio.timeout(_EVERY_SECONDS):
            while True:
                await websocket.receive_text()
    except TimeoutError:
        return
