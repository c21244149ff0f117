"""What was done since a backup is replayed, whatever it was, wherever it is known from, and however often one restores."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import make_url

from cli.acts_since_backup import LedgerUnusable
from cli.backup_restore import Restored, restore
from cli.doctor.ledger import ledger as examined
from cli.personal_data import erased_at
from conversations.record.erasure import audit_erasures, erase_rows
from conversations.record.opening import open_conversation
from core.audit import record
from core.audit.ledger import Ledger, open_record
from core.audit.ledger_sync import LedgerSync
from core.audit.queries import newest, verify
from core.backup.archive import new_identity
from core.backup.creation import make_backup
from core.database import Database
from core.database.models import StaffRow
from core.identity import Role, Staff, accounts
from core.privacy.receipts import receipt_of
from core.settings import Settings
from core.turns import Origin
from tests.desk_support import make_staff
from tests.integration.channels_support import settings_for
from tests.integration.servers import PostgresServer

_KEY = new_identity()


class Installation:
    """A record that is backed up, changed, lost and restored."""

    def __init__(self, settings: Settings, server: PostgresServer, folder: Path) -> None:
        self.settings, self._server, self._folder = settings, server, folder

    async def act[T](self, act: Callable[[Database], Awaitable[T]]) -> T:
        database = open_record(self.settings)
        try:
            return await act(database)
        finally:
            await database.close()

    async def back_up(self) -> Path:
        file = self._folder / f"{uuid.uuid4().hex}.age"
        await self.act(lambda database: make_backup(database, self.settings, file, environment=self._folder / "none"))
        return file

    async def lose(self) -> None:
        if self.settings.sql_url.startswith("sqlite"):
            file = Path(str(make_url(self.settings.sql_url).database))
            for path in file.parent.glob(f"{file.name}*"):
                path.unlink()
        else:
            changes = {"database_url": self._server.url(await self._server.create())}
            self.settings = self.settings.model_copy(update=changes)

    async def restore(self, file: Path, **options: Any) -> Restored:
        await self.lose()
        return await restore(self.settings, file, identity=_KEY, **options)

    async def staff(self, staff: Staff) -> StaffRow:
        async def read(database: Database) -> StaffRow:
            async with database.read() as session:
                return await accounts.get(session, staff.id)

        return await self.act(read)

    async def change(self, change: Callable[..., Awaitable[object]], staff: Staff, **more: Any) -> None:
        async def write(database: Database) -> None:
            async with database.write() as session:
                await change(session, staff.id, actor="boss", **more)

        await self.act(write)


@pytest.fixture
def installation(database_url: str, tmp_path: Path, postgres_server: PostgresServer) -> Installation:
    settings = settings_for(database_url, "redis://127.0.0.1:1/0", tmp_path / "home", backup_key=_KEY)
    return Installation(settings, postgres_server, tmp_path)


async def _person(installation: Installation, name: str, role: Role = Role.SUPERVISOR, **more: Any) -> Staff:
    secrets = {"password": "digest", "totp": b"secret", "recovery": ["one", "two"]} | more
    return await installation.act(lambda database: make_staff(database, role, email=f"{name}@mairie.example", **secrets))


async def test_restore_replays_each_kind_of_act(installation: Installation) -> None:
    names = ("left", "back", "team", "reset", "lost_phone", "used_code", "same")
    left, back, team, reset, lost_phone, used_code, same = [await _person(installation, name) for name in names]
    await installation.change(accounts.disable, back)
    file = await installation.back_up()
    await installation.change(accounts.disable, left)
    await installation.change(accounts.enable, back)
    await installation.change(accounts.change, team, role=Role.READER, teams=["etat-civil"], collections=["local"])
    await installation.change(accounts.reset, reset, days=1, second_factor=True)
    newer = await _person(installation, "newer")
    await installation.change(accounts.disable, newer)

    async def with_secrets(database: Database) -> None:
        for person, action in ((lost_phone, "second_factor"), (used_code, "recovery_used")):
            async with database.write() as session:
                await record(session, actor=person.id, action=f"staff.{action}", target=f"staff:{person.id}")

    await installation.act(with_secrets)
    done = (await installation.restore(file)).replayed
    assert (done.disabled, done.enabled) == (("left@mairie.example",), ("back@mairie.example",))
    assert (done.changed, done.unknown) == (("team@mairie.example",), 1)
    assert done.renewed == ("lost_phone@mairie.example", "reset@mairie.example")
    changed = await installation.staff(team)
    assert (changed.role, changed.teams, changed.collections) == ("reader", ["etat-civil"], ["local"])
    for person in (reset, lost_phone):  # neither the old factor, nor the old password alone, which would set up another one
        row = await installation.staff(person)
        assert (row.password, row.totp, row.recovery) == (None, None, [])
    row = await installation.staff(used_code)
    assert (row.password, row.totp, row.recovery) == ("digest", b"secret", [])
    row = await installation.staff(same)
    assert (row.password, row.recovery, row.disabled_at) == ("digest", ["one", "two"], None)
    assert (await installation.act(verify)).broken is None


async def test_restore_again_replays_only_what_that_backup_does_not_know(installation: Installation) -> None:
    person = await _person(installation, "one")
    old = await installation.back_up()
    await installation.change(accounts.disable, person)
    assert (await installation.restore(old)).replayed.disabled
    await installation.change(accounts.enable, person)
    newer = await installation.back_up()
    await installation.change(accounts.change, person, role=Role.READER)
    done = (await installation.restore(newer)).replayed  # the disablement of before the first restore is no news
    assert (done.disabled, done.changed) == ((), ("one@mairie.example",))
    lines = len(Ledger.of(installation.settings).read())
    done = (await installation.restore(old)).replayed  # disabled, enabled, demoted
    assert (done.disabled, done.changed) == ((), ("one@mairie.example",))
    assert len(Ledger.of(installation.settings).read()) == lines + 1  # the restore: what it replayed is there already


async def test_restore_replays_a_line_whose_commit_failed(installation: Installation) -> None:
    """It was asked for by somebody who might; twice is the same as once."""
    person = await _person(installation, "one")
    file = await installation.back_up()

    async def killed(database: Database) -> None:
        async with database.write() as session:
            await accounts.disable(session, person.id, actor="boss")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await installation.act(killed)
    assert (await installation.staff(person)).disabled_at is None
    await installation.change(accounts.disable, person)
    assert len([one for one in Ledger.of(installation.settings).read() if one.action == "staff.disable"]) == 2
    assert (await installation.restore(file)).replayed.disabled == ("one@mairie.example",)


async def test_receipt_of_an_erasure_outlives_the_record(installation: Installation) -> None:
    """Of a conversation that no backup ever held, too."""

    async def erase(database: Database) -> str:
        async with database.write() as session:
            conversation = open_conversation(session, channel="web", language="fr", origin=Origin.TEST).id
            await session.flush()
        async with database.write() as session:
            await audit_erasures(session, await erase_rows(session, [conversation]))
        return conversation

    file = await installation.back_up()
    conversation = await installation.act(erase)
    receipt = receipt_of(conversation)
    at = await erased_at(installation.settings, receipt)
    assert conversation not in Ledger.of(installation.settings).path.read_text()
    assert (await installation.restore(file)).erased_again == 0
    restored = await erased_at(installation.settings, receipt.lower())
    assert at is not None
    assert restored == at.replace(microsecond=0)
    rows = await installation.act(lambda database: newest(database, limit=9, action="conversation.erased"))
    assert [row.target for row in rows] == [f"receipt:{receipt}"]


async def test_ledger_is_caught_up_with_what_it_missed(installation: Installation) -> None:
    """It is younger than the record, could not be written for a while, or was damaged: then doctor says so."""
    file = installation.settings.ledger_file

    async def level() -> str:
        return (await installation.act(lambda database: examined(installation.settings, database))).level

    async def catch_up() -> None:
        await installation.act(lambda database: LedgerSync(database, installation.settings).run())

    assert await level() == "warning"  # none yet, and nothing for it
    person = await _person(installation, "one")
    await installation.change(accounts.disable, person)
    file.unlink()
    assert await level() == "problem"
    await catch_up()
    assert [one.action for one in Ledger(file).read()] == ["staff.disable"]
    good = "warning" if installation.settings.sql_url.startswith("sqlite") else "ok"  # on the record's own disk here
    assert await level() == good
    await installation.change(accounts.enable, person)
    content = file.read_bytes()
    file.write_bytes(content.splitlines(keepends=True)[0])
    assert await level() == "problem"
    file.write_bytes(content.replace(b"staff.enable", b"staff.change"))
    assert await level() == "problem"
    await catch_up()
    assert [one.action for one in Ledger(file).read()] == ["staff.disable", "staff.enable"]
    assert len(list(file.parent.glob("ledger.jsonl.damaged-*"))) == 1
    assert await level() == good


async def test_ledger_of_another_installation_is_refused(installation: Installation, tmp_path: Path) -> None:
    person = await _person(installation, "one")
    await installation.change(accounts.disable, person)
    file, ledger = await installation.back_up(), installation.settings.ledger_file
    mine = ledger.rename(tmp_path / "mine.jsonl")
    Ledger(ledger).append(())
    with pytest.raises(LedgerUnusable, match="another installation"):
        await installation.restore(file)
    await installation.restore(file, ledgers=[mine])


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket with object lock, of a server of our own that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "guichet")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "essai")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    name = uuid.uuid4().hex  # the server's memory is this process's
    boto3.client("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-3"},
        ObjectLockEnabledForBucket=True,
    )
    yield name
    server.stop()


async def test_copies_under_lock_replace_a_ledger_that_was_lost_with_the_record(
    installation: Installation, bucket: str
) -> None:
    installation.settings = installation.settings.model_copy(update={"ledger_copies": f"s3://{bucket}/ledger"})
    person = await _person(installation, "one")
    file = await installation.back_up()
    await installation.change(accounts.disable, person)
    for _ in range(2):  # by two machines: what is there is not sent again
        await installation.act(lambda database: LedgerSync(database, installation.settings).run())
    client = boto3.client("s3")
    (version,) = client.list_object_versions(Bucket=bucket, Prefix="ledger/")["Versions"]
    one = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
    assert client.head_object(**one)["ObjectLockMode"] == "COMPLIANCE"
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(**one)
    installation.settings.ledger_file.unlink()
    assert (await installation.restore(file)).replayed.disabled == ("one@mairie.example",)
