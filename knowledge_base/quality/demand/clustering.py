"""Clusters messages, run after run: a later message joins the cluster of its subject, or forms a new one."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
from typing import Protocol

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now, table
from core.database.models import DemandCluster, DemandMember, Message
from knowledge_base.quality.demand.grouping import JOIN, centred, centroid, group, names
from knowledge_base.quality.demand.signals import FAILURES, Signal, failure_kinds, signals
from retrieval.contracts import Embedder, Vectors, model_id

WINDOW = timedelta(days=28)
LEAST_CITIZENS = 2  # conversations needed for a subject
_MOST = 3000  # messages clustered in one run
_BATCH = 32
_ROWS = 500  # rows in a statement
_CLUSTERS = table(DemandCluster).c


class Background(Protocol):
    """The common part of this knowledge base: the mean of its vectors, and the rarity of each term."""

    @property
    def mean(self) -> Vectors: ...

    def rarity(self, term: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Clustered:
    """The result of a run: messages that ``joined`` a cluster, clusters ``made``, and messages left ``alone`` for now."""

    joined: int
    made: int
    alone: int


async def cluster(
    database: Database, embedder: Embedder, background: Background, progress: Callable[[int, int], None] | None = None
) -> Clustered:
    """Clusters the messages of the last four weeks. Raises the embedder's exceptions; the next run continues from there.

    Slow steps (vectors, groups, names) run between transactions, because citizens wait while SQLite is being written.
    """
    found = await signals(database, now() - WINDOW, most=_MOST)
    vectors = await asyncio.to_thread(_embedded, [one.text for one in found], embedder, background, progress)
    joined, rest = _join(await _known(database, embedder, background), found, vectors)
    # An answered message forms no cluster. It only shows whether the demand of a cluster is met.
    groups = await asyncio.to_thread(_groups, found, vectors, [row for row in rest if found[row].kind in FAILURES])
    alone = sum(found[row].kind in FAILURES for row in rest) - sum(map(len, groups))
    async with database.write() as session:
        members = [(number, found[row], similarity) for number, row, similarity in joined]
        for rows in groups:
            middle = centroid(vectors[rows])
            made = DemandCluster(name="", terms=[], model=model_id(embedder), centroid=middle.tobytes(), created_at=now())
            session.add(made)
            await session.flush()
            members += [(made.seq, found[row], float(vectors[row] @ middle)) for row in rows]
        await _add(session, members)
    await _recount(database)
    await _name(database, background)
    return Clustered(joined=len(joined), made=len(groups), alone=alone)


def _embedded(
    texts: Sequence[str], embedder: Embedder, background: Background, progress: Callable[[int, int], None] | None
) -> Vectors:
    parts = [np.zeros((0, embedder.dimension), np.float32)]
    for start in range(0, len(texts), _BATCH):
        parts.append(embedder.embed_queries(texts[start : start + _BATCH]))
        if progress:
            progress(min(start + _BATCH, len(texts)), len(texts))
    return centred(np.concatenate(parts), background.mean)


async def _known(database: Database, embedder: Embedder, background: Background) -> list[tuple[int, Vectors]]:
    """Returns all clusters with their centroids. Centroids of another model are recomputed from the clusters' messages; a
    cluster without messages has none.
    """
    async with database.read() as session:
        rows = (await session.execute(select(_CLUSTERS.seq, _CLUSTERS.model, _CLUSTERS.centroid).order_by(_CLUSTERS.seq))).all()
    known = []
    for number, model, stored in rows:
        middle = np.frombuffer(stored, np.float32)
        if model != model_id(embedder):
            async with database.read() as session:
                texts = await _texts(session, number)
            vectors = await asyncio.to_thread(_embedded, texts, embedder, background, None)
            middle = centroid(vectors) if len(vectors) else np.zeros(embedder.dimension, np.float32)
            renewed = {"centroid": middle.tobytes(), "model": model_id(embedder)}
            async with database.write() as session:
                await session.execute(update(DemandCluster).where(_CLUSTERS.seq == number).values(**renewed))
        known.append((number, middle))
    return known


def _join(
    known: Sequence[tuple[int, Vectors]], found: Sequence[Signal], vectors: Vectors
) -> tuple[list[tuple[int, int, float]], list[int]]:
    """Returns (cluster, row, similarity) of messages near a known cluster, and the rows of the others."""
    if not known or not len(found):
        return [], list(range(len(found)))
    near = vectors @ np.stack([middle for _, middle in known]).T
    best = near.argmax(axis=1)
    joined = [
        (known[int(best[row])][0], row, float(near[row, best[row]]))
        for row in range(len(found))
        if near[row, best[row]] >= JOIN
    ]
    joined_rows = {row for _, row, _ in joined}
    return joined, [row for row in range(len(found)) if row not in joined_rows]


def _groups(found: Sequence[Signal], vectors: Vectors, rest: Sequence[int]) -> list[list[int]]:
    """Returns groups of rows that come from enough citizens to form a subject."""
    grouped = [[rest[place] for place in places] for places in group(vectors[list(rest)])] if rest else []
    return [rows for rows in grouped if len({found[row].conversation for row in rows}) >= LEAST_CITIZENS]


async def _add(session: AsyncSession, members: Sequence[tuple[int, Signal, float]]) -> None:
    """Adds messages to clusters, without those that were erased in the meantime."""
    existing: set[str] = set()
    for some in batched([signal.message for _, signal, _ in members], _ROWS):
        existing.update(await session.scalars(select(Message.id).where(Message.id.in_(some))))
    for number, signal, similarity in members:
        if signal.message in existing:
            kind, at = signal.kind, signal.at
            session.add(DemandMember(message_id=signal.message, cluster=number, kind=kind, similarity=similarity, at=at))


async def _recount(database: Database) -> None:
    """Updates the kind of earlier members too, because a bad mark or a handoff can come later."""
    since = now() - WINDOW
    async with database.read() as session:
        kinds = await failure_kinds(session, since)
        others = select(DemandMember.message_id).where(DemandMember.at >= since, DemandMember.kind.not_in(FAILURES))
        changed = [message for message in await session.scalars(others) if message in kinds]
    if changed:
        async with database.write() as session:
            for message in changed:
                statement = update(DemandMember).where(DemandMember.message_id == message).values(kind=kinds[message])
                await session.execute(statement)


async def _name(database: Database, background: Background) -> None:
    """Names clusters by their unanswered messages. Keeps an editor's name, and the name of a cluster without messages."""
    async with database.read() as session:
        rows = await session.execute(select(_CLUSTERS.seq, _CLUSTERS.terms))
        terms = {row.seq: row.terms for row in rows}
        texts = {number: found for number in terms if (found := await _texts(session, number, FAILURES))}
    named = await asyncio.to_thread(names, list(texts.values()), background.rarity)
    changed = {number: list(best) for number, best in zip(texts, named, strict=True) if list(best) != terms[number]}
    if changed:
        async with database.write() as session:
            for number, best in changed.items():
                of = update(DemandCluster).where(_CLUSTERS.seq == number)
                await session.execute(of.values(terms=best))
                await session.execute(of.where(_CLUSTERS.named_by == "").values(name=", ".join(best)))


async def _texts(session: AsyncSession, number: int, kinds: Sequence[str] = ()) -> list[str]:
    query = (
        select(Message.text)
        .join(DemandMember, DemandMember.message_id == Message.id)
        .where(DemandMember.cluster == number)
        .order_by(Message.seq.desc())
        .limit(200)
    )
    if kinds:
        query = query.where(DemandMember.kind.in_(kinds))
    return [text for text in await session.scalars(query) if text]
