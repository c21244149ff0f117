"""An open socket of the desk feels the end of its session, or of its right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import websockets
from fastapi import APIRouter, WebSocket

from channels.gateway.app import create_app
from core.database import Database
from core.identity import Right, Role, accounts, sessions
from core.settings import ROOT, Settings
from desk import Part, signed_in_socket
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import served, settings_for


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """A gateway with one socket, which says who is there and then waits."""
    settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path)
    routes = APIRouter()

    @routes.websocket("/api/desk/test")
    async def socket(websocket: WebSocket) -> None:
        async with signed_in_socket(websocket, Right.HANDLE_CONVERSATIONS) as staff:
            await websocket.send_text(staff.name)
            await asyncio.Event().wait()

    async with served(create_app(settings, parts=[Part("test", ROOT / "desk", routes)]), settings.port):
        yield settings


def _url(settings: Settings) -> str:
    return f"ws://127.0.0.1:{settings.port}/api/desk/test"


@pytest.mark.parametrize("how", ["revoked", "disabled", "role"])
async def test_an_open_socket_is_closed_when_session_or_right_end(settings: Settings, how: str) -> None:
    database = Database(settings.sql_url)
    staff = await make_staff(database, Role.SUPERVISOR)
    headers = await sign_in(database, settings, staff)
    async with websockets.connect(_url(settings), additional_headers=headers) as socket:
        assert await socket.recv() == "Supervisor"
        async with database.write() as session:
            if how == "revoked":
                await sessions.end(session, staff.id)
            elif how == "disabled":
                await accounts.disable(session, staff.id, actor="test")
            else:
                await accounts.change(session, staff.id, actor="test", role=Role.READER)
        with pytest.raises(websockets.ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 60)
        assert socket.close_code == 4401
    await database.close()
