"""The console in a browser: the real gateway and worker around an engine of our own making, in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from core.database import Database
from core.identity import Role, Staff
from core.settings import Settings
from tests.desk_support import cookie_for_playwright, make_staff, sign_in
from tests.e2e.browser import NewContext, contexts
from tests.integration.channels_support import guichet, served, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.servers import RedisServer
from tests.integration.test_console import search_app


class Service:
    """A running service on SQLite. ``run`` runs a coroutine in its loop and waits for the result."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = settings.base_url
        self.database: Database
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        waiting: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return waiting.result(60)

    def start(self) -> None:
        self._thread.start()
        self.run(self._start())

    def stop(self) -> None:
        self.run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def staff(self, name: str, role: Role = Role.SUPERVISOR, **more: Any) -> Staff:
        return self.run(make_staff(self.database, role, email=f"{name.lower()}@mairie.example", name=name, **more))

    def cookie(self, staff: Staff) -> dict[str, str]:
        return cookie_for_playwright(self.settings, self.run(sign_in(self.database, self.settings, staff)))

    async def _start(self) -> None:
        await migrated(self.settings.sql_url)
        self.database = Database(self.settings.sql_url)
        self._stack.push_async_callback(self.database.close)
        await self._stack.enter_async_context(guichet(self.settings))
        await self._stack.enter_async_context(served(search_app(), self.settings.actions_port))
        await self._stack.enter_async_context(working(self.settings, sweep_seconds=0.2))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Service]:
    redis = RedisServer(tmp_path)
    redis.start()
    started = Service(settings_for("", redis.url, tmp_path, desk_staffed=True, desk_hours="24/7"))
    started.start()
    yield started
    started.stop()
    redis.stop()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """A supervisor's screen."""
    yield from contexts(browser, viewport={"width": 1280, "height": 900})


@pytest.fixture
def console(running: Service, new_context: NewContext) -> Page:
    """The console of Anne, a supervisor."""
    return open_console(running, new_context, "Anne")


def open_console(running: Service, new_context: NewContext, name: str, **options: Any) -> Page:
    """The console of ``name`` in a browser of their own."""
    context = new_context(**options)
    context.add_cookies([running.cookie(running.staff(name))])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{running.url}/desk/conversations")
    return page
