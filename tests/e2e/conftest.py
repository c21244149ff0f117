"""The whole service, started once for all end-to-end tests as `./guichet up` starts it, on a state folder of its own."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from cli import secret_file
from cli.install import for_tests
from cli.stack import Stack, start, stop
from core.database import Database
from core.database.migrate import upgrade_async
from core.entry import Entry
from core.settings import ROOT, Settings
from knowledge_base.entries.store import published, upsert
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import snapshots_folder
from tests import commands
from tests.apart import apart
from tests.e2e.browser import NewContext, contexts, executable
from tests.integration.servers import PostgresServer, free_port
from tests.waiting import wait_until
from tools import chromium

_INDEX_SECONDS = 900  # some thousand new texts on two busy cores

expect.set_options(timeout=20_000)  # these tests are about what is shown; on a loaded machine it is shown later


@dataclass(frozen=True)
class Service:
    """A running service: where it is, its settings, and its processes."""

    url: str
    settings: Settings
    stack: Stack

    def command(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run ``./guichet ARGUMENTS`` against this service."""
        return run_command(self.settings, *arguments, stdin=stdin)

    def ask(self, text: str, *options: str) -> dict[str, Any]:
        """One turn through ``./guichet ask --json``."""
        done = self.command("ask", text, "--json", *options)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def wait_for_index(self) -> None:
        """Returns once this start's indexer has ended and all answers come from a full index. ``./guichet test`` makes one
        beforehand; what is new after that is answered from titles alone until the indexer has read it.
        """
        wait_until(lambda: self._state("indexer") == "exited", seconds=_INDEX_SECONDS)
        snapshots = Snapshots(snapshots_folder(self.settings.home))
        assert snapshots.manifest(snapshots.active()).stage == "full"
        assert json.loads(self.command("status", "--json").stdout)["snapshot"] == snapshots.active()

    def _state(self, name: str) -> str:
        found = self.stack.supervisor.state(name)
        return found.state if found else ""


def run_command(settings: Settings, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``./guichet ARGUMENTS`` with ``settings`` and nothing else of this process's environment."""
    return commands.run(arguments, {"PATH": "/usr/bin:/bin", "HOME": str(settings.home), **settings.as_environment()}, stdin)


def start_service(**changes: Any) -> Service:
    """Start a service on the state folder of the tests, with an empty record of conversations."""
    secret_file.ensure(ROOT / ".env")
    ports = {name: free_port() for name in ("port", "rasa_port", "actions_port", "redis_port")}
    staffed = {"desk_staffed": True, "desk_hours": "24/7"}  # else what is said to who asks for a human depends on the hour
    settings = for_tests(Settings()).model_copy(update={**ports, **staffed, **changes})
    stop(settings)
    for name in ("trackers.db", "trackers.db-wal", "trackers.db-shm"):
        (settings.home / name).unlink(missing_ok=True)
    shutil.rmtree(settings.home / "run", ignore_errors=True)
    if not settings.database_url:
        with contextlib.closing(sqlite3.connect(settings.home / "guichet.db")) as record, record:
            record.execute("PRAGMA foreign_keys=ON")
            for table in ("conversations", "opt_outs", "receipts", "erasures"):
                record.execute(f"DELETE FROM {table}")  # a number that is known is not told again who writes
    return Service(f"http://127.0.0.1:{settings.port}", settings, start(settings))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The service runs on SQLite. On PostgreSQL, in every run, only for the tests that show what depends on the record."""
    if "service" in metafunc.fixturenames:
        marks = () if metafunc.definition.get_closest_marker("both_databases") else pytest.mark.long
        databases = ["sqlite", pytest.param("postgresql", marks=marks)]
        metafunc.parametrize("service", databases, indirect=True, scope="session")


@pytest.fixture(scope="session")
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """The service on each of its databases, one after the other; the pages are imported into each."""
    changes = {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_record")}
    running = start_service(**changes)
    try:
        running.wait_for_index()
        yield running
    finally:
        running.stack.stop()


@pytest.fixture(scope="session")
def postgres_record() -> Iterator[str]:
    """The address of a PostgreSQL record with the schema and the pages that the snapshot was built from."""
    server = PostgresServer()
    url = server.url("postgres")
    apart(_filled(url, for_tests(Settings()).sql_url))
    yield url
    server.stop()


async def _filled(url: str, source: str) -> None:
    """From record to record: reading the package again would take a minute of processor time."""
    await upgrade_async(url)
    of, to = Database(source), Database(url)
    pages: dict[str, list[Entry]] = defaultdict(list)
    for entry in await published(of):
        pages[entry.collection].append(entry)
    for collection, entries in pages.items():
        await upsert(to, collection, entries, source="record", checksum="0" * 64, author="import", reason="record")
    await of.close()
    await to.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=executable(), args=list(chromium.ARGUMENTS))
    yield launched
    launched.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[NewContext]:
    """Makes browser contexts, each a person of its own."""
    yield from contexts(browser)
