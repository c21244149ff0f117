"""The audit's chain under concurrent writers, and what is found when somebody touches it. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from cli.worker.audit_heads import AuditHeads
from core.audit import record
from core.audit.chain import GENESIS, Break, BrokenLink, digest_of
from core.audit.heads import Signer, export, load_heads
from core.audit.queries import current_head, newest, verify
from core.database import Database
from core.database.base import now
from core.database.models import AuditHead, AuditRow
from tests.integration.channels_support import settings_for

ROWS = 10_000


async def _fill(database: Database, rows: int = ROWS, begin: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
    """A whole chain of ``rows``, as ``record`` would have written it, in one go."""
    previous, at, values = GENESIS, begin, []
    for seq in range(1, rows + 1):
        said = ("editor", "entry.published", f"entry:F{seq}", "{}")
        digest = digest_of(seq, at, *said, previous)
        values.append(
            dict(zip(("actor", "action", "target", "details"), said, strict=True))
            | {"seq": seq, "at": at, "previous": previous, "digest": digest}
        )
        previous, at = digest, at + timedelta(seconds=1)
    async with database.write() as session:
        await session.execute(insert(AuditRow), values)
        await session.execute(update(AuditHead).values(seq=rows, digest=previous))


async def _unguard(database: Database) -> None:
    """What somebody with all rights on the database would do first."""
    names = ["no_update", "no_delete"] if database.is_sqlite else ["no_change", "no_delete"]
    async with database.write() as session:
        for name in names:
            suffix = "" if database.is_sqlite else " ON audit_rows"
            await session.execute(text(f"DROP TRIGGER audit_rows_{name}{suffix}"))


async def test_concurrent_writers_make_one_chain(database: Database, database_url: str) -> None:
    others = [Database(database_url) for _ in range(4)]

    async def act(one: Database, number: int) -> None:
        async with one.write() as session:
            await record(session, actor=f"a{number}", action="test.acted", target=f"t:{number}", details={"number": number})

    await asyncio.gather(*(act(one, number) for number, one in enumerate(others * 15)))
    found = await verify(database)
    assert (found.rows, found.broken) == (60, None)
    assert {row.actor for row in await newest(database, limit=100)} == {f"a{number}" for number in range(60)}
    await asyncio.gather(*(one.close() for one in others))


async def test_what_was_not_done_is_not_recorded(database: Database) -> None:
    async def fails() -> None:
        async with database.write() as session:
            await record(session, actor="a", action="test.acted", target="t")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with database.write() as session:
        await record(session, actor="a", action="test.acted", target="t", details={"said": "call 06 12 34 56 78"})
    (row,) = await newest(database, limit=10)
    assert row.seq == 1
    assert row.details == '{"said":"call •••"}'
    assert (await verify(database)).broken is None


@pytest.mark.parametrize("statement", [update(AuditRow).values(actor="b"), delete(AuditRow)])
async def test_rows_are_neither_updated_nor_deleted(database: Database, statement: object) -> None:
    async with database.write() as session:
        await record(session, actor="a", action="test.acted", target="t")
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.write() as session:
            await session.execute(statement)  # type: ignore[call-overload]
    assert (await verify(database)).rows == 1


@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        (["UPDATE audit_rows SET target = 'entry:F1' WHERE seq = 7321"], BrokenLink(7321, Break.CHANGED)),
        (["DELETE FROM audit_rows WHERE seq = 5000"], BrokenLink(5000, Break.MISSING)),
        (
            [
                "UPDATE audit_rows SET seq = -1 WHERE seq = 4100",
                "UPDATE audit_rows SET seq = 4100 WHERE seq = 4101",
                "UPDATE audit_rows SET seq = 4101 WHERE seq = -1",
            ],
            BrokenLink(4100, Break.MOVED),
        ),
        (["DELETE FROM audit_rows WHERE seq = 10000"], BrokenLink(10000, Break.TRUNCATED)),
    ],
    ids=["change", "delete", "reorder", "truncate"],
)
async def test_the_first_broken_link_of_ten_thousand_is_named(
    database: Database, statements: list[str], broken: BrokenLink
) -> None:
    await _fill(database)
    assert (await verify(database)).rows == ROWS
    await _unguard(database)
    async with database.write() as session:
        for statement in statements:
            await session.execute(text(statement))
    assert (await verify(database)).broken == broken


async def test_who_rewrites_everything_is_found_by_the_heads_that_left(database: Database, tmp_path: Path) -> None:
    """A truncated chain whose head was set back, and a chain made anew, are whole in themselves."""
    signer, file = Signer("a key of the test"), tmp_path / "elsewhere" / "heads.jsonl"
    await _fill(database, 50)
    for seq in (20, 50):
        async with database.read() as session:
            digest = (await session.execute(select(AuditRow.digest).where(AuditRow.seq == seq))).scalar_one()
        await export(signer.sign(seq, digest), str(file))
    heads = load_heads(file)
    assert (await verify(database, heads, signer)).broken is None

    await _unguard(database)
    async with database.write() as session:
        await session.execute(delete(AuditRow).where(AuditRow.seq > 40))
        last = (await session.execute(select(AuditRow.digest).where(AuditRow.seq == 40))).scalar_one()
        await session.execute(update(AuditHead).values(seq=40, digest=last))
    assert (await verify(database)).broken is None
    assert (await verify(database, heads, signer)).broken == BrokenLink(41, Break.TRUNCATED)

    async with database.write() as session:
        await session.execute(delete(AuditRow))
        await session.execute(update(AuditHead).values(seq=0, digest=GENESIS))
        for number in range(60):
            await record(session, actor="a", action="test.acted", target=f"t:{number}")
    assert (await verify(database)).broken is None
    assert (await verify(database, heads, signer)).broken == BrokenLink(20, Break.REWRITTEN)


async def test_old_rows_go_and_the_chain_holds_by_a_checkpoint(database: Database, tmp_path: Path) -> None:
    file, key = tmp_path / "heads.jsonl", SecretStr("a key of the test")
    changes = {"audit_heads": str(file), "audit_key": key, "audit_days": 1096}
    job, signer = AuditHeads(database, settings_for("", "", tmp_path).model_copy(update=changes)), Signer("a key of the test")
    begin = now() - timedelta(days=1096, seconds=50)  # the first fifty rows are too old by then
    await _fill(database, 80, begin)
    await export(signer.sign(30, (await _digests(database))[30]), str(file))
    kept = await _digests(database)
    assert await job.delete_old() in range(49, 80)
    first = min(await _digests(database))
    assert await job.send()
    heads = load_heads(file)
    assert (heads[1].seq, heads[1].digest) == (first - 1, kept[first - 1]), "it left before the rows did"
    assert (await newest(database, limit=1))[0].action == "audit.checkpoint"
    found = await verify(database, heads, signer)
    assert (found.broken, found.deleted, found.rows) == (None, first - 1, 81)
    # Every row that is left is still guarded, by the triggers and by the chain.
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.write() as session:
            await session.execute(delete(AuditRow).where(AuditRow.seq == first))
    for head in (heads[:1], []):
        broken = (await verify(database, head, signer)).broken
        assert broken == (BrokenLink(first - 1, Break.PRUNED) if head else None)
    await _unguard(database)
    async with database.write() as session:
        await session.execute(delete(AuditRow).where(AuditRow.seq == first))
    assert (await verify(database)).broken == BrokenLink(1, Break.MISSING)


async def test_old_rows_stay_while_nobody_takes_their_head_and_so_does_the_last(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    key = SecretStr("k")
    changes = {"audit_heads": str(tmp_path / "file" / "heads"), "audit_key": key, "audit_days": 30}
    settings = settings_for("", "", tmp_path).model_copy(update=changes)
    await _fill(database, 10)
    with pytest.raises(OSError, match="file"):
        await AuditHeads(database, settings).delete_old()
    assert await AuditHeads(database, settings.model_copy(update={"audit_heads": "", "audit_days": 0})).delete_old() == 0
    assert len(await _digests(database)) == 10
    assert await AuditHeads(database, settings.model_copy(update={"audit_heads": ""})).delete_old() == 9
    assert sorted(await _digests(database)) == [10, 11]
    assert (await verify(database)).broken is None


async def _digests(database: Database) -> dict[int, str]:
    async with database.read() as session:
        return {row.seq: row.digest for row in await session.execute(select(AuditRow.seq, AuditRow.digest))}


async def test_an_empty_audit_is_whole(database: Database) -> None:
    assert (await verify(database)).rows == 0
    async with database.read() as session:
        assert await current_head(session) == (0, GENESIS)
        assert (await session.execute(select(func.count()).select_from(AuditHead))).scalar_one() == 1


async def test_the_job_sends_a_head_when_there_is_anything_new(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    settings = settings_for("", "", tmp_path).model_copy(
        update={"audit_heads": str(file), "audit_key": SecretStr("a key of the test")}
    )
    job = AuditHeads(database, settings)
    assert await job.send()
    assert not await job.send()
    async with database.write() as session:
        await record(session, actor="a", action="test.acted", target="t")
    assert await job.send()
    assert [head.seq for head in load_heads(file)] == [0, 1]
    assert (await verify(database, load_heads(file), Signer("a key of the test"))).broken is None


async def test_a_place_that_cannot_be_written_is_tried_again(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = settings_for("", "", tmp_path).model_copy(
        update={"audit_heads": str(tmp_path / "file" / "heads"), "audit_key": SecretStr("k")}
    )
    job = AuditHeads(database, settings)
    assert not await job.send()
    (tmp_path / "file").unlink()
    assert await job.send()
