"""A drill: back up, lose everything, restore; who was erased since stays erased. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import func, select

from cli.backup_restore import NotEmpty, restore
from cli.commands import backup as backup_command
from cli.language import Refusal
from cli.processes import Process
from cli.supervisor import Supervisor
from cli.worker.audit_heads import AuditHeads
from cli.worker.jobs import scheduled_backup
from conversations.delivery.opt_outs import apply_stop_or_start, has_opted_out
from conversations.record.erasure import erase_rows
from conversations.record.opening import open_conversation
from core.audit import record
from core.audit.heads import Signer, load_heads
from core.audit.queries import verify
from core.backup.archive import BackupUnusable, new_identity, public_key_of
from core.backup.creation import FolderMissing, make_backup
from core.database import Database
from core.database.base import Base
from core.database.migrate import upgrade_async
from core.database.models import Conversation, ErasedConversation, Message
from core.full_disk import is_full
from core.privacy.addresses import Addresses
from core.settings import ROOT, Settings
from core.turns import Origin
from tests.integration.channels_support import guichet, settings_for
from tests.integration.migrated import migrated
from tests.integration.servers import PostgresServer
from tests.waiting import until

KEY = new_identity()


def _settings(url: str, home: Path, **changes: object) -> Settings:
    given = {"backup_key": KEY, "audit_key": "audit", "audit_heads": str(home.parent / "elsewhere" / "heads.jsonl")}
    return settings_for(url, "", home, **(given | changes))


async def _converse(database: Database, name: str) -> str:
    async with database.write() as session:
        conversation = open_conversation(session, channel="sms", language="fr", origin=Origin.TEST)
        addresses = Addresses("address-key")
        conversation.address, conversation.address_digest = addresses.encrypt(name), addresses.digest(name)
        conversation.offered = [{"label": "é", "n": 1.5}]
        await session.flush()
        session.add(Message(id=name, conversation_id=conversation.id, external_id=name, dedup=name, text="été ? ☎"))
    return conversation.id


async def _rows(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {
            name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


async def _another(database_url: str, server: PostgresServer, home: Path) -> str:
    """Where to restore to: beside the first on PostgreSQL, an empty machine on SQLite."""
    if database_url.startswith("sqlite"):
        return f"sqlite+aiosqlite:///{home / 'guichet.db'}"
    return server.url(await server.create())


async def test_who_was_erased_after_the_backup_stays_erased_on_a_new_machine(
    database: Database, database_url: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    home = tmp_path / "home"
    (home / "snapshots" / "v1").mkdir(parents=True)
    (home / "snapshots" / "v1" / "manifest.json").write_text("{}")
    (home / "snapshots" / "active").write_text("v1")
    environment = tmp_path / "env"
    environment.write_text("GUICHET_ADDRESS_KEY=address-key\n")
    settings = _settings(database_url, home)
    stays, goes = await _converse(database, "stays"), await _converse(database, "goes")
    async with database.write() as session:
        await record(session, actor="a", action="test.acted", target="before")
    file = tmp_path / "backup.age"
    contents = await make_backup(database, settings, file, environment=environment)
    assert b"address-key" not in file.read_bytes()
    before = await _rows(database)
    assert contents.tables == {name: before[name] for name in contents.tables}

    async with database.write() as session:
        await erase_rows(session, [goes])
    assert await AuditHeads(database, settings).send()

    there = tmp_path / "new"
    elsewhere = {"audit_heads": settings.audit_heads, "ledger": str(settings.ledger_file)}
    restored_to = _settings(await _another(database_url, postgres_server, there), there, **elsewhere)
    done = await restore(restored_to, file, identity=KEY)
    assert (done.erased_again, done.kept) == (1, None)
    after = Database(restored_to.sql_url)
    async with after.read() as session:
        (conversation,) = (await session.execute(select(Conversation))).scalars()
        message = (await session.execute(select(Message))).scalar_one()
        assert (await session.execute(select(ErasedConversation.conversation_id))).scalar_one() == goes
    assert (conversation.id, conversation.offered) == (stays, [{"label": "é", "n": 1.5}])
    assert Addresses("address-key").decrypt(conversation.address or b"") == "stays"
    assert (message.text, message.received_at.tzinfo is not None) == ("été ? ☎", True)
    assert (await verify(after, load_heads(Path(settings.audit_heads)), Signer("audit"))).broken is None
    assert (there / "snapshots" / "active").read_text() == "v1"
    assert (there / "restored.env").read_text() == environment.read_text()
    # Numbers go on from where they were.
    another = await _converse(after, "another")
    async with after.read() as session:
        seq = (await session.execute(select(Message.seq).where(Message.conversation_id == another))).scalar_one()
    assert seq > message.seq
    await after.close()


async def test_the_record_in_place_is_asked_what_was_erased_and_what_was_done_since(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    database, settings = Database(url), _settings(url, tmp_path, audit_heads="")
    goes = await _converse(database, "goes")
    file = tmp_path / "b.age"
    await make_backup(database, settings, file, environment=tmp_path / "none")
    async with database.write() as session:
        await erase_rows(session, [goes])
        await record(session, actor="a", action="test.acted", target="after")
    await database.close()
    done = await restore(settings, file, identity=KEY)
    assert (done.erased_again, done.audit_rows) == (1, 1)
    assert done.kept is not None
    assert done.kept.exists()
    database = Database(url)
    assert (await verify(database)).rows == 3  # the act since, the receipt of the erasure, and the restoration
    async with database.read() as session:
        assert (await session.execute(select(func.count()).select_from(Conversation))).scalar_one() == 0
    await database.close()


async def test_who_sent_stop_since_the_backup_is_not_written_to_after_it(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'guichet.db'}"
    await migrated(url)
    database, settings = Database(url), _settings(url, tmp_path, audit_heads="")
    async with database.write() as session:
        await apply_stop_or_start(session, "speaks again", "m1", "STOP")
        await apply_stop_or_start(session, "silent", "m2", "STOP")
    await make_backup(database, settings, tmp_path / "b.age", environment=tmp_path / "none")
    async with database.write() as session:
        await apply_stop_or_start(session, "new", "m3", "STOP")
        await apply_stop_or_start(session, "speaks again", "m4", "START")
    await database.close()
    assert (await restore(settings, tmp_path / "b.age", identity=KEY)).opt_outs == 2
    database = Database(url)
    async with database.read() as session:
        found = {digest: await has_opted_out(session, digest) for digest in ("new", "silent", "speaks again")}
    await database.close()
    assert found == {"new": True, "silent": True, "speaks again": False}


async def test_a_damaged_backup_or_a_wrong_key_changes_nothing(database: Database, database_url: str, tmp_path: Path) -> None:
    settings = _settings(database_url, tmp_path / "home")
    await _converse(database, "one")
    file = tmp_path / "b.age"
    await make_backup(database, settings, file, environment=tmp_path / "none")
    rows = await _rows(database)
    with pytest.raises(BackupUnusable, match="key"):
        await restore(settings, file, identity=new_identity())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupUnusable, match="damaged"):
        await restore(settings, file, identity=KEY)
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupUnusable, match="damaged"):
        await restore(settings, file, identity=KEY)
    assert await _rows(database) == rows


async def test_a_filled_postgresql_database_is_refused(postgres_url: str, tmp_path: Path) -> None:
    await upgrade_async(postgres_url)
    database, settings = Database(postgres_url), _settings(postgres_url, tmp_path)
    await make_backup(database, settings, tmp_path / "b.age", environment=tmp_path / "none")
    with pytest.raises(NotEmpty):
        await restore(settings, tmp_path / "b.age", identity=KEY)
    await database.close()


async def test_a_backup_shows_one_moment_while_others_write(database: Database, database_url: str, tmp_path: Path) -> None:
    """Every message in it has its conversation, whatever was written meanwhile."""
    settings, stop = _settings(database_url, tmp_path / "home"), asyncio.Event()

    async def write() -> int:
        number = 0
        while not stop.is_set():
            number += 1
            await _converse(database, f"n{number}")
        return number

    writing = asyncio.create_task(write())
    contents = await make_backup(database, settings, tmp_path / "b.age", environment=tmp_path / "none")
    stop.set()
    assert await writing > 0
    assert contents.tables["messages"] == contents.tables["conversations"]


async def test_a_folder_that_is_not_mounted_is_not_made_on_this_disk(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = tmp_path / "mnt" / "backups"
    settings = _settings(database_url, tmp_path / "home", backup_folder=str(mount), backup_keep=5)
    with pytest.raises(FolderMissing):
        await scheduled_backup(database, settings)
    assert not mount.parent.exists()
    mount.mkdir(parents=True)  # mounted
    made = await scheduled_backup(database, settings)
    made.rename(tmp_path / made.name)  # the mount point without its disk
    with pytest.raises(FolderMissing):
        await scheduled_backup(database, settings)
    assert list(mount.iterdir()) == []
    monkeypatch.setattr(backup_command, "Settings", lambda: settings)
    with pytest.raises(Refusal, match=r"pas monté|not mounted"):
        await asyncio.to_thread(backup_command.backup)
    with pytest.raises(Refusal, match="none"):
        await asyncio.to_thread(backup_command.backup, tmp_path / "none" / "b.age")
    (tmp_path / made.name).rename(made)
    again = await scheduled_backup(database, settings)
    assert set(mount.iterdir()) == {made, again}


async def test_a_full_disk_is_no_damaged_backup_and_leaves_none(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the library says on a full disk: its number, in the text of errors of two kinds."""
    said = "No space left on device (os error 28)"
    settings = _settings(database_url, tmp_path / "home")
    await make_backup(database, settings, tmp_path / "b.age", environment=tmp_path / "none")
    with monkeypatch.context() as patched:
        patched.setattr(pyrage, "encrypt_file", _raising(pyrage.EncryptError(said)))
        with pytest.raises(OSError, match="No space left") as full:
            await make_backup(database, settings, tmp_path / "c.age", environment=tmp_path / "none")
        assert is_full(full.value)
        patched.setattr(pyrage, "decrypt_file", _raising(OSError(said)))
        with pytest.raises(OSError, match="No space left") as full:
            await restore(settings, tmp_path / "b.age", identity=KEY)
        assert is_full(full.value)
    left = [path.name for folder in (tmp_path, settings.home) for path in folder.iterdir()]
    assert [name for name in left if name.startswith(".") or ".age" in name] == ["b.age"]


def _raising(error: Exception) -> Callable[..., None]:
    def failing(*_: object) -> None:
        raise error

    return failing


async def test_restore_is_refused_while_anything_of_this_installation_runs(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under our supervision, or (a gateway answers) under another."""
    settings = _settings(database_url, tmp_path / "home")
    await _converse(database, "one")
    await make_backup(database, settings, tmp_path / "b.age", environment=tmp_path / "none")
    await _converse(database, "two")
    rows = await _rows(database)
    monkeypatch.setattr(backup_command, "Settings", lambda: settings)
    async with guichet(settings):
        with pytest.raises(Refusal, match=r"guichet down"):
            await asyncio.to_thread(backup_command.restore, tmp_path / "b.age")
    supervisor = Supervisor(settings.home)
    sleeper = Process("sleeper", [sys.executable, "-c", "import signal; signal.pause()"])
    daemon = await asyncio.to_thread(supervisor.start, [sleeper])
    try:

        async def runs() -> bool:
            return [state.state for state in await asyncio.to_thread(supervisor.states)] == ["running"]

        await until(runs)
        with pytest.raises(Refusal, match=r"guichet down"):
            await asyncio.to_thread(backup_command.restore, tmp_path / "b.age")
    finally:
        daemon.terminate()
        await asyncio.to_thread(daemon.wait, 40)
    assert await _rows(database) == rows
    assert list(settings.home.glob("*.before-*")) == []


async def test_the_job_keeps_the_newest(database: Database, database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in ("20260101", "20260102"):
        (folder / f"{day}T000000Z.guichet.age").touch()
    other = new_identity()
    settings = _settings(
        database_url, tmp_path / "home", backup_folder=str(folder), backup_keep=2, backup_recipients=public_key_of(other)
    )
    made = await scheduled_backup(database, settings)
    assert sorted(path.name for path in folder.iterdir()) == ["20260102T000000Z.guichet.age", made.name]
    with pytest.raises(BackupUnusable):  # what is meant for others, this machine cannot read
        await restore(settings, made, identity=KEY)


_MAKING = """
import pathlib, signal, sys
from core.backup.leftovers import working_folder
with working_folder(pathlib.Path(sys.argv[1])) as made:
    (made / "messages.jsonl").write_text("what citizens wrote")
    print(made, flush=True)
    signal.pause()
"""


async def test_what_a_killed_backup_left_goes_with_the_next(database: Database, database_url: str, tmp_path: Path) -> None:
    """A copy of the record in the clear, and half a file; but nothing of a backup that is being made."""
    settings, files = _settings(database_url, tmp_path / "home"), tmp_path / "files"
    files.mkdir()
    settings.home.mkdir()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _MAKING, str(settings.home), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    left = Path((await process.stdout.readline()).decode().strip())
    half = files / ".20261128T010101Z.guichet.age.part"
    half.touch()
    hours_ago = time.time() - 7200
    for path in (left, half):
        os.utime(path, (hours_ago, hours_ago))
    await make_backup(database, settings, tmp_path / "b.age", environment=tmp_path / "none")
    assert [path.name for path in settings.home.glob(".backup-*")] == [left.name]
    process.kill()
    await process.wait()
    await make_backup(database, settings, files / "b.age", environment=tmp_path / "none")
    assert [path.name for path in files.iterdir()] == ["b.age"]
    assert list(settings.home.glob(".backup-*")) == []
