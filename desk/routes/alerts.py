"""``/api/desk/calls``: a socket on which an open page receives its reader's alerts."""

import asyncio
from typing import Any

import orjson
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from core.identity import Right
from desk.access import signed_in_socket
from desk.alerts import alerts_as_json, alerts_for
from desk.shell import shell_of

_EVERY_SECONDS = 3.0  # between two reads: an alert is shown within ten


def router() -> APIRouter:
    routes = APIRouter()

    @routes.websocket("/api/desk/calls")
    async def calls(websocket: WebSocket) -> None:
        """Sends the alerts at once, and again whenever they change."""
        async with signed_in_socket(websocket, Right.READ_ENTRIES) as staff:  # all who sign in at the desk have this right
            shell = shell_of(websocket)
            last_sent: list[dict[str, Any]] | None = None
            shell.open_pages[staff.id] += 1
            try:
                while True:
                    alerts = alerts_as_json(shell, staff, await alerts_for(shell, staff))
                    if alerts != last_sent:
                        await websocket.send_text(orjson.dumps(alerts).decode())
                        last_sent = alerts
                    await _pause(websocket)
            except (WebSocketDisconnect, RuntimeError):
                return
            finally:
                shell.open_pages[staff.id] -= 1

    return routes


async def _pause(websocket: WebSocket) -> None:
    """Waits for the next read. Ignores messages from the page; its disconnection ends the socket."""
    try:
        async with asyncio.timeout(_EVERY_SECONDS):
            while True:
                await websocket.receive_text()
    except TimeoutError:
        return
