"""Real servers for integration tests: Redis, PostgreSQL, and the record on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis

from core.database import Database
from core.settings import ROOT, Settings
from knowledge_base.errors import FetchFailed
from knowledge_base.sources.npm import fetch_pinned
from knowledge_base.sources.service_public.importer import Reading, open_source, read
from knowledge_base.sources.service_public.package import PACKAGE
from tests.integration.channels_support import served, settings_for
from tests.integration.collector import Collector, collecting
from tests.integration.migrated import copy_of_empty
from tests.integration.postgres_records import PostgresRecords
from tests.integration.servers import PostgresServer, RedisServer
from tests.integration.sms_support import FakeTwilio


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of our own on a free port; tests may stop and start it, and must leave it running."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis."""
    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address (SQLAlchemy, asyncpg) of a PostgreSQL database without tables, dropped after the test."""
    with postgres_server.database() as name:
        yield postgres_server.url(name)


@pytest.fixture(scope="session")
def postgres_records(postgres_server: PostgresServer) -> PostgresRecords:
    """Migrated PostgreSQL databases, lent to one test after the other."""
    return PostgresRecords(postgres_server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated record: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        copy_of_empty(tmp_path / "guichet.db")
        yield f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with request.getfixturevalue("postgres_records").lent() as name:
        yield server.url(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty, migrated record: once on SQLite, once on PostgreSQL."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def settings(database: Database, database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Of a service with a website and no SMS, on an empty record. Files that want others have a fixture of this name."""
    return settings_for(database_url, redis_url, tmp_path, sms_provider="")


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    """A Twilio that takes messages; one that a test has shut is opened again, so that no request is left hanging."""
    fake = FakeTwilio()
    async with served(fake.app(), fake.port):
        yield fake
        fake.gate.set()


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """Where traces can be sent to."""
    async with collecting() as listening:
        yield listening


@pytest.fixture(scope="session")
def service_public_package() -> Path:
    """The real package of service-public's pages."""
    try:
        return fetch_pinned(PACKAGE, Path(os.environ.get("GUICHET_HOME", ROOT / "var")))
    except FetchFailed as failure:
        pytest.skip(f"the package is not in the cache, and: {failure.en}")


@pytest.fixture(scope="session")
def service_public(service_public_package: Path) -> Reading:
    """All real pages, read once: that takes 20 s of processor time."""
    return read(open_source(service_public_package))
