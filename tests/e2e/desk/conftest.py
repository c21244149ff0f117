"""The desks in Chromium: the gateway as a process of its own on an empty record; no engine and no Redis are needed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from core.database import Database
from core.identity import Role, Staff
from core.settings import ROOT, Settings
from tests.desk_support import cookie_for_playwright, make_staff, on_record, sign_in
from tests.e2e.browser import NewContext
from tests.integration.channels_support import settings_for
from tests.integration.migrated import copy_of_empty
from tests.integration.servers import free_port
from tests.waiting import wait_until


@dataclass(frozen=True)
class DeskService:
    """A running gateway and its record."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return self.settings.base_url

    def work[T](self, act: Callable[[Database], Awaitable[T]]) -> T:
        """Do something on the record."""
        return on_record(self.settings, act)


def start_gateway(home: Path, **changes: Any) -> DeskService:
    """A gateway on an empty record in ``home``; returns once it answers."""
    settings = settings_for(f"sqlite+aiosqlite:///{home / 'guichet.db'}", f"redis://127.0.0.1:{free_port()}/0", home, **changes)
    copy_of_empty(home / "guichet.db")
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.gateway"], cwd=ROOT, env={"PATH": "/usr/bin:/bin", **settings.as_environment()}
    )

    def answers() -> bool:
        assert process.poll() is None, "the gateway has ended"
        return httpx.get(f"{settings.base_url}/health/live").is_success

    wait_until(answers, ignoring=httpx.HTTPError, pause=0.1)
    return DeskService(settings, process)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    running = start_gateway(tmp_path_factory.mktemp("desk"))
    yield running
    running.process.terminate()
    running.process.wait(10)


def page_of(desk: DeskService, new_context: NewContext, role: Role, **options: Any) -> tuple[Page, Staff]:
    """A page in which somebody with ``role`` is signed in."""

    async def staff_and_cookie(database: Database) -> tuple[Staff, dict[str, str]]:
        staff = await make_staff(database, role, email=f"{role.value}-{time.time_ns()}@mairie.example")
        return staff, await sign_in(database, desk.settings, staff)

    staff, headers = desk.work(staff_and_cookie)
    context = new_context(**options)
    context.add_cookies([cookie_for_playwright(desk.settings, headers)])  # type: ignore[list-item]
    return context.new_page(), staff
