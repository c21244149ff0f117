"""What citizens ask in vain, on SQLite and on PostgreSQL: clusters, what editors do about them, and whether it helped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, func, select

from core.database import Database
from core.database.base import now
from core.database.models import AuditRow, Conversation, DemandMember, EntryRow, Feedback, Handoff, Message, Reply, Revision
from knowledge_base.entries.store import upsert
from knowledge_base.quality.demand.clustering import cluster
from knowledge_base.quality.demand.subjects import (
    NoCluster,
    assign,
    attach,
    clusters,
    draft,
    get,
    out_of_scope,
    rename,
    reopen,
)
from retrieval.contracts import Vectors
from tests.unit.retrieval.samples import IDENTITY, PASSPORT, WordEmbedder

NURSERY = ("une place en crèche pour mon fils", "place en crèche municipale", "inscription place en crèche")
CARS = ("carte grise perdue que faire", "carte grise perdue ou volée")


class Plain:
    """A background in which every word is as rare as any other."""

    mean: Vectors = np.full(64, 0.01, np.float32)

    def rarity(self, term: str) -> float:
        return 1.0


async def say(
    database: Database,
    text: str,
    outcome: str = "no_answer",
    *,
    conversation: str = "",
    days: float = 0,
    origin: str = "citizen",
    payload: str | None = None,
) -> str:
    """One message; a conversation of its own unless one is named. Returns the message's id."""
    async with database.write() as session:
        number = int(await session.scalar(select(func.count()).select_from(Message)) or 0)
        name = conversation or f"c{number}"
        if await session.get(Conversation, name) is None:
            session.add(Conversation(id=name, channel="web", origin=origin, language="fr"))
            await session.flush()
        message = Message(
            id=f"m{number}", conversation_id=name, external_id=f"m{number}", dedup=f"m{number}", text=text, payload=payload
        )
        message.outcome, message.received_at = outcome, now() - timedelta(days=days)
        session.add(message)
        await session.flush()
        session.add(Reply(id=f"r{number}", conversation_id=name, in_reply_to=f"m{number}", outcome=outcome, blocks=[]))
        return f"m{number}"


async def look(database: Database) -> None:
    await cluster(database, WordEmbedder(), Plain())


async def test_subjects_are_ranked_by_citizens(database: Database) -> None:
    for text in NURSERY:
        await say(database, text)
    for text in CARS:
        await say(database, text)
    for _ in range(5):  # one citizen, again and again, is one citizen
        await say(database, CARS[0], conversation="impatient")
    await say(database, "tout autre chose, une fois")
    await say(database, NURSERY[0], origin="test")
    await say(database, "place en crèche : horaires", "answered")
    await look(database)
    first, second = await clusters(database)
    assert (first.citizens, second.citizens) == (3, 3)
    assert {"crèche", "carte grise"} <= {
        word for one in (first, second) for term in one.terms for word in (term, *term.split())
    }
    assert all(one.new and one.status == "open" for one in (first, second))
    assert set(first.examples) | set(second.examples) == {*NURSERY, *CARS}


async def test_refusals_bad_marks_and_handoffs_count_for_the_enquiry_before(database: Database) -> None:
    await say(database, "place en crèche", "choices", conversation="a")
    await say(database, "Aucune de ces pages", "no_answer", conversation="a", payload="/none_of_these")
    marked = await say(database, "place en crèche privée", "answered", conversation="b")
    await say(database, "place en crèche familiale", "answered", conversation="d")
    async with database.write() as session:
        reply = await session.scalar(select(Reply.id).where(Reply.in_reply_to == marked))
        session.add(Feedback(reply_id=reply, useful=False))
        session.add(
            Handoff(id="h", conversation_id="d", kind="chat", state="waiting", reason="asked", subject="", created_at=now())
        )
    await look(database)
    (one,) = await clusters(database)
    assert (one.citizens, one.kinds) == (3, {"refused": 1, "negative": 1, "handoff": 1})


async def test_later_messages_join_and_tell_whether_it_helped(database: Database) -> None:
    await upsert(database, "test", [IDENTITY, PASSPORT], source="e", checksum="0" * 64, author="test", reason="e")
    for text in NURSERY:
        await say(database, text, days=10)
    await look(database)
    (one,) = await clusters(database)
    assert not one.new
    name = await draft(database, one.id, collection="test", author="anne")
    async with database.read() as session:
        row = await session.get_one(EntryRow, tuple(name.split("/")))
        assert (row.status, set(row.content["wordings"])) == ("draft", set(NURSERY))
    await say(database, "place en crèche", "answered")
    await say(database, "une place en crèche", "no_answer")
    await look(database)
    (after,) = await clusters(database)
    assert (after.id, after.status, after.entry, after.since, after.met) == (one.id, "drafted", name, 2, 1)
    await reopen(database, one.id, author="anne")
    assert (await get(database, one.id)).status == "open"


async def test_the_citizens_wordings_become_the_entrys(database: Database) -> None:
    await upsert(database, "test", [IDENTITY, PASSPORT], source="e", checksum="0" * 64, author="test", reason="e")
    for text in CARS:
        await say(database, text)
    await look(database)
    (one,) = await clusters(database)
    version = await attach(database, one.id, collection="test", page="F1", author="anne", wordings=[CARS[0], IDENTITY.title])
    async with database.read() as session:
        revision = await session.get_one(Revision, ("test", "F1", version))
        assert (revision.content["wordings"], revision.author) == ([CARS[0]], "anne")
        assert (await session.get_one(EntryRow, ("test", "F1"))).version == 1  # a draft: nothing is published yet
        assert "demand.attached" in set(await session.scalars(select(AuditRow.action)))


async def test_deciding_assigning_and_naming(database: Database) -> None:
    for text in NURSERY:
        await say(database, text)
    await look(database)
    (one,) = await clusters(database)
    await assign(database, one.id, to="paul", author="anne")
    await rename(database, one.id, name="Crèches", author="anne")
    await out_of_scope(database, one.id, author="anne")
    await say(database, NURSERY[1])
    await look(database)
    assert one.title in NURSERY
    view = await get(database, one.id)
    assert view.title == "Crèches"
    assert (view.name, view.assigned_to, view.status, view.citizens) == ("Crèches", "paul", "out_of_scope", 4)
    assert await clusters(database, status="open") == []
    with pytest.raises(NoCluster):
        await out_of_scope(database, one.id + 1, author="anne")


async def test_a_conversation_that_is_erased_leaves_no_word(database: Database) -> None:
    for text in NURSERY:
        await say(database, text)
    await look(database)
    async with database.write() as session:
        await session.execute(delete(Conversation).where(Conversation.id == "c0"))
        assert await session.scalar(select(func.count()).select_from(DemandMember)) == 2
    (one,) = await clusters(database)
    assert NURSERY[0] not in one.examples
    assert one.title in NURSERY[1:], "the title is looked up, and kept nowhere"
    await look(database)  # and what is left still has its cluster
    assert [view.id for view in await clusters(database)] == [one.id]


class Meanwhile(WordEmbedder, Plain):
    """An embedder and a background in whose hands something happens to the record, from which they are told it ended."""

    def __init__(self, happens: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__(revision="2")
        self._loop, self._happens = asyncio.get_running_loop(), happens
        self.happened: list[str] = []

    def _wait(self, during: str) -> None:
        asyncio.run_coroutine_threadsafe(self._happens(), self._loop).result(timeout=5)
        self.happened.append(during)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self._wait("vectors")
        return super().embed_queries(texts)

    def rarity(self, term: str) -> float:
        self._wait("names")
        return super().rarity(term)


async def test_citizens_write_while_subjects_are_made(database: Database) -> None:
    for text in NURSERY:
        await say(database, text)
    await look(database)
    await say(database, CARS[0])

    async def happens() -> None:
        await say(database, "autre chose", "answered")

    meanwhile = Meanwhile(happens)
    await cluster(database, meanwhile, meanwhile)
    assert {"vectors", "names"} <= set(meanwhile.happened)


async def test_what_is_erased_meanwhile_is_not_kept(database: Database) -> None:
    for text in NURSERY:
        await say(database, text)

    async def erased() -> None:
        async with database.write() as session:
            await session.execute(delete(Conversation).where(Conversation.id == "c0"))

    meanwhile = Meanwhile(erased)
    await cluster(database, meanwhile, Plain())
    (one,) = await clusters(database)
    assert one.citizens == 2


async def test_another_model_makes_the_centroids_anew(database: Database) -> None:
    for text in NURSERY:
        await say(database, text)
    await look(database)
    await say(database, NURSERY[0])
    await cluster(database, WordEmbedder(revision="2"), Plain())
    (one,) = await clusters(database)
    assert one.citizens == 4
