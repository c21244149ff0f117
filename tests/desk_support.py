"""Staff for tests: accounts and open sessions made through the library, as tools do."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from core.database import Database
from core.identity import Role, Staff, accounts, sessions, staff_of
from core.identity.vault import Vault, token_digest
from core.settings import Settings


async def make_staff(database: Database, role: Role = Role.EDITOR, *, email: str = "", name: str = "", **more: Any) -> Staff:
    """An account that can do what ``role`` can; it has no password: open its sessions with ``sign_in``."""
    async with database.write() as session:
        email = email or f"{role.value}@mairie.example"
        row = await accounts.create(session, email=email, role=role, actor="test", name=name or role.value.title(), **more)
        return staff_of(row)


async def sign_in(database: Database, settings: Settings, staff: Staff) -> dict[str, str]:
    """Headers of a request from a browser in which ``staff`` has signed in: cookie, form token, origin."""
    async with database.write() as session:
        token = await sessions.open_session(session, staff.id, device="test")
    found = await sessions.find(database, token, settings)
    assert found is not None
    assert found.row.token == token_digest(token)
    vault = Vault(settings.secret_key.get_secret_value())
    name = "__Host-guichet-desk" if settings.base_url.startswith("https://") else "guichet-desk"
    return {
        "Cookie": f"{name}={token}",
        "X-CSRF-Token": vault.form_token(found.row.id),
        "Origin": settings.base_url,
    }


def found_on(pattern: str, text: str) -> str:
    """What the group of ``pattern`` stands for in a page."""
    match = re.search(pattern, text)
    assert match, f"{pattern} is not on the page"
    return match[1]


def csrf_of(page: httpx.Response) -> str:
    """The form token of a page."""
    return found_on(r'name="csrf" value="([0-9a-f]{64})"', page.text)


def cookie_for_playwright(settings: Settings, headers: dict[str, str]) -> dict[str, str]:
    """The session of ``sign_in``'s headers, as ``context.add_cookies([…])`` takes it."""
    name, _, value = headers["Cookie"].partition("=")
    return {"name": name, "value": value, "url": settings.base_url}


def on_record[T](settings: Settings, act: Callable[[Database], Awaitable[T]]) -> T:
    """Do something on the record of ``settings``. In a thread of its own: Playwright's loop runs in the caller's."""

    async def working() -> T:
        database = Database(settings.sql_url)
        try:
            return await act(database)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(working())).result()
