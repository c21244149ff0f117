"""Pictures of the desks for the guides, with temporary accounts of a supervisor and an administrator."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from core.audit.ledger import open_record
from core.identity import Role, accounts, sessions
from core.settings import Settings

_ACTOR = "screenshots"


@contextmanager
def signed_in(settings: Settings, role: Role, name: str) -> Iterator[dict[str, str]]:
    """Yields the session cookie of a staff member called ``name``, for Playwright. The account is closed afterwards."""
    staff, token = _run(_open(settings, role, name))
    try:
        secure = settings.base_url.startswith("https://")
        cookie = "__Host-guichet-desk" if secure else "guichet-desk"
        yield {"name": cookie, "value": token, "url": settings.base_url}
    finally:
        _run(_close(settings, staff))


async def _open(settings: Settings, role: Role, name: str) -> tuple[str, str]:
    database = open_record(settings)
    try:
        async with database.write() as session:
            email = f"{_ACTOR}-{secrets.token_hex(4)}@example.org"
            row = await accounts.create(session, email=email, role=role, actor=_ACTOR, name=name)
            return row.id, await sessions.open_session(session, row.id, device=_ACTOR)
    finally:
        await database.close()


async def _close(settings: Settings, staff: str) -> None:
    database = open_record(settings)
    try:
        async with database.write() as session:
            await accounts.disable(session, staff, actor=_ACTOR)
    finally:
        await database.close()


def _run[T](work: Coroutine[Any, Any, T]) -> T:
    """Runs ``work`` in a thread of its own, because Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
