"""The desks' door on the real gateway, and one browser in front of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pyotp
from sqlalchemy import select, update

from cli.gateway import create
from core.database import Database
from core.database.models import AuditRow, StaffRow
from core.identity import Role, accounts, links
from core.settings import Settings
from tests.desk_support import csrf_of, found_on

PASSWORD = "une longue phrase facile"
PAGE = {"Accept": "text/html"}


@asynccontextmanager
async def desk_on(settings: Settings) -> AsyncIterator[Desk]:
    """The gateway of ``settings`` with a browser that has no session yet."""
    app = create(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url, headers=PAGE) as http:
        yield Desk(settings, app.state.deps.database, http)
    await app.state.deps.close()


class Desk:
    """The gateway, and one browser in front of it."""

    def __init__(self, settings: Settings, database: Database, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self.database = database
        self.http = http
        self.secret = ""
        self.last_code = ""

    async def link(self, role: Role | None = None, email: str = "agent@mairie.example") -> str:
        """A link for the first administrator, or for somebody with ``role``."""
        async with self.database.write() as session:
            if role is None:
                token = await links.first_administrator(session, days=1)
                assert token
            else:
                _, token = await accounts.invite(session, email=email, role=role, actor="test", days=1)
        return links.path(token)

    async def accept(self, path: str, *, email: str = "", name: str = "Camille Dupont") -> httpx.Response:
        form = {"name": name, "email": email, "password": PASSWORD, "again": PASSWORD}
        return await self.http.post(path, data=form)

    async def enrol(self, **confirmed: str) -> httpx.Response:
        """Set up the second factor that the page shows. ``confirmed``: what it asks of whoever has one already."""
        page = await self.http.get("/desk/second-factor")
        self.secret = re.sub(r"\s", "", found_on(r'<code id="secret">([^<]+)', page.text))
        self.last_code = pyotp.TOTP(self.secret).now()
        return await self.http.post("/desk/second-factor", data={"code": self.last_code, "csrf": csrf_of(page), **confirmed})

    async def enter(self, email: str, *, password: str = PASSWORD) -> httpx.Response:
        return await self.http.post("/desk/sign-in", data={"email": email, "password": password})

    async def code(self, code: str) -> httpx.Response:
        page = await self.http.get("/desk/sign-in")
        return await self.http.post("/desk/sign-in/code", data={"code": code, "csrf": csrf_of(page)})

    async def sign_out(self) -> httpx.Response:
        page = await self.http.get("/desk/account")
        return await self.http.post("/desk/sign-out", data={"csrf": csrf_of(page)})

    async def forget_step(self) -> None:
        """As if the time step of the last code had passed."""
        async with self.database.write() as session:
            await session.execute(update(StaffRow).values(totp_step=0))

    async def people(self) -> list[StaffRow]:
        async with self.database.read() as session:
            return list(await accounts.listed(session))

    async def actions(self) -> list[str]:
        async with self.database.read() as session:
            return list((await session.scalars(select(AuditRow.action).order_by(AuditRow.seq))).all())

    def another(self) -> Desk:
        """Another browser in front of the same gateway."""
        http = httpx.AsyncClient(transport=self.http._transport, base_url=self.settings.base_url, headers=PAGE)
        return Desk(self.settings, self.database, http)
