"""A version that is gone back to, on the tables of the one after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from cli.backup_restore import restore
from cli.commands import database as database_command
from cli.database import require_ready
from cli.doctor.database import check_record
from cli.language import Refusal
from conversations.record.opening import open_conversation
from core.backup.archive import BackupUnusable, new_identity, public_key_of
from core.backup.creation import make_backup
from core.database import Database
from core.database.migrate import NewerTables, code_revision, upgrade_async
from core.settings import Settings
from core.turns import Origin
from tests.integration.channels_support import guichet, settings_for

_NO_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def settings(database: Database, database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, _NO_REDIS, tmp_path)


async def _updated_to(database: Database, revision: str) -> None:
    """As a version after this one would leave the record: a table and a column more."""
    async with database.write() as session:
        await session.execute(text("CREATE TABLE of_tomorrow (id INTEGER)"))
        await session.execute(text("ALTER TABLE conversations ADD COLUMN of_tomorrow VARCHAR(8)"))
        await session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


async def test_tables_that_have_more_are_worked_with(database: Database, database_url: str, settings: Settings) -> None:
    assert await upgrade_async(database_url) == code_revision()
    await _updated_to(database, "9998")
    assert await upgrade_async(database_url) == "9998"
    await require_ready(database)
    async with guichet(settings) as service:
        ready = await service.http.get("/health/ready")
        assert ready.json()["parts"]["sql"] == "ok"  # between the migration and the restart a gateway of before is all there is
    async with database.write() as session:
        open_conversation(session, channel="web", language="fr", origin=Origin.TEST)
    found = {finding.check: finding async for finding in check_record(settings)}
    assert found["sql"].level == "warning"
    assert "9998" in found["sql"].message[0]
    assert len(found) > 1  # the rest was looked at


async def test_tables_that_lack_something_are_refused(database: Database, database_url: str, settings: Settings) -> None:
    await _updated_to(database, "2.9998")
    with pytest.raises(NewerTables):
        await upgrade_async(database_url)
    with pytest.raises(Refusal):
        await require_ready(database)
    found = {finding.check: finding.level async for finding in check_record(settings)}
    assert found.pop("sql") == "problem"
    assert set(found) <= {"clock"}


def test_the_command_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(database_command, "Settings", lambda: settings_for("", _NO_REDIS, tmp_path))
    for name, revision in (("upgrade", "9998"), ("refuse", "2.9998")):
        monkeypatch.setattr(database_command, "upgrade_schema", _finds(revision))
        if name == "upgrade":
            database_command.upgrade()
            assert revision in capsys.readouterr().out
        else:
            with pytest.raises(Refusal, match=revision):
                database_command.upgrade()


def _finds(revision: str) -> object:
    def upgraded(_url: str) -> str:
        if "." in revision:
            raise NewerTables(revision)
        return revision

    return upgraded


async def test_a_backup_of_newer_tables_is_not_restored_by_this_version(database: Database, tmp_path: Path) -> None:
    key = new_identity()
    await _updated_to(database, "9998")
    made = settings_for("", _NO_REDIS, tmp_path / "home", backup_recipients=public_key_of(key))
    await make_backup(database, made, tmp_path / "b.age", environment=tmp_path / "none")
    elsewhere = settings_for("", _NO_REDIS, tmp_path / "elsewhere")
    with pytest.raises(BackupUnusable, match="9998"):
        await restore(elsewhere, tmp_path / "b.age", identity=key)
    assert not (tmp_path / "elsewhere" / "guichet.db").exists()
