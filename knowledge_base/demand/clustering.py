"""From messages to clusters, again and again: what comes later joins the cluster of its subject, or makes a new one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.models import DemandCluster, DemandMember, Message
from knowledge_base.demand.grouping import JOIN, centred, centroid, group, names
from knowledge_base.demand.signals import VAIN, Signal, signals, vain_kinds
from retrieval.contracts import Embedder, Vectors
from retrieval.dense.vectors import model_id

WINDOW = timedelta(days=28)
LEAST_CITIZENS = 2  # conversations that make a subject
_MOST = 3000  # messages looked at in one run
_BATCH = 32


class Background(Protocol):
    """What is common in this knowledge base: the mean of its vectors, and how rare a term is in it."""

    @property
    def mean(self) -> Vectors: ...

    def rarity(self, term: str) -> float: ...


@dataclass(frozen=True, slots=True)
class Clustered:
    """What a run did: messages that ``joined`` a cluster, clusters that it ``made``, messages that stand alone for now."""

    joined: int
    made: int
    alone: int


async def cluster(
    database: Database, embedder: Embedder, background: Background, progress: Callable[[int, int], None] | None = None
) -> Clustered:
    """Look at the last four weeks. Raises what the embedder raises: nothing has changed then."""
    found = await signals(database, now() - WINDOW, most=_MOST)
    vectors = await asyncio.to_thread(_embedded, [one.text for one in found], embedder, background, progress)
    async with database.write() as session:
        clusters = list(await session.scalars(select(DemandCluster).order_by(DemandCluster.seq)))
        await _renew(session, clusters, embedder, background)
        joined, rest = _join(clusters, found, vectors)
        # What got its answer makes no cluster; it only tells whether the demand of one is met.
        rest = [row for row in rest if found[row].kind in VAIN]
        groups = await asyncio.to_thread(_groups, found, vectors, rest)
        made = []
        for rows in groups:
            middle = centroid(vectors[rows])
            row = DemandCluster(name="", terms=[], model=model_id(embedder), centroid=middle.tobytes(), created_at=now())
            session.add(row)
            await session.flush()
            made.append(row)
            joined += [(row.seq, one, float(vectors[one] @ middle)) for one in rows]
        for number, one, similarity in joined:
            signal = found[one]
            session.add(
                DemandMember(message_id=signal.message, cluster=number, kind=signal.kind, similarity=similarity, at=signal.at)
            )
        await session.flush()
        await _recount(session)
        await _name(session, [*clusters, *made], background)
    grouped = sum(map(len, groups))
    return Clustered(joined=len(joined) - grouped, made=len(made), alone=len(rest) - grouped)


def _embedded(
    texts: Sequence[str], embedder: Embedder, background: Background, progress: Callable[[int, int], None] | None
) -> Vectors:
    parts = [np.zeros((0, embedder.dimension), np.float32)]
    for start in range(0, len(texts), _BATCH):
        parts.append(embedder.embed_queries(texts[start : start + _BATCH]))
        if progress:
            progress(min(start + _BATCH, len(texts)), len(texts))
    return centred(np.concatenate(parts), background.mean)


def _join(
    clusters: Sequence[DemandCluster], found: Sequence[Signal], vectors: Vectors
) -> tuple[list[tuple[int, int, float]], list[int]]:
    """(cluster, row, similarity) of messages near a known cluster, and the rows of the others."""
    if not clusters or not len(found):
        return [], list(range(len(found)))
    middles = np.stack([np.frombuffer(one.centroid, np.float32) for one in clusters])
    near = vectors @ middles.T
    best = near.argmax(axis=1)
    joined = [
        (clusters[int(best[row])].seq, row, float(near[row, best[row]]))
        for row in range(len(found))
        if near[row, best[row]] >= JOIN
    ]
    taken = {row for _, row, _ in joined}
    return joined, [row for row in range(len(found)) if row not in taken]


def _groups(found: Sequence[Signal], vectors: Vectors, rest: Sequence[int]) -> list[list[int]]:
    """Groups of rows that are of enough citizens to be a subject."""
    grouped = [[rest[place] for place in places] for places in group(vectors[list(rest)])] if rest else []
    return [rows for rows in grouped if len({found[row].conversation for row in rows}) >= LEAST_CITIZENS]


async def _renew(session: AsyncSession, clusters: Sequence[DemandCluster], embedder: Embedder, background: Background) -> None:
    """Centroids of another model are made anew from the clusters' messages; a cluster without messages keeps none."""
    for one in clusters:
        if one.model == model_id(embedder):
            continue
        texts = await _texts(session, one.seq)
        vectors = await asyncio.to_thread(_embedded, texts, embedder, background, None)
        middle = centroid(vectors) if len(vectors) else np.zeros(embedder.dimension, np.float32)
        one.centroid, one.model = middle.tobytes(), model_id(embedder)


async def _recount(session: AsyncSession) -> None:
    """How a message was sent in vain can show later (a bad mark, a handoff): members of before are told so too."""
    since = now() - WINDOW
    vain = await vain_kinds(session, since)
    for member in await session.scalars(select(DemandMember).where(DemandMember.at >= since)):
        if member.kind not in VAIN and member.message_id in vain:
            member.kind = vain[member.message_id]


async def _name(session: AsyncSession, clusters: Sequence[DemandCluster], background: Background) -> None:
    """Names from what was asked in vain; one that an editor gave stays, and that of a cluster whose messages are gone."""
    texts = [await _texts(session, one.seq, VAIN) for one in clusters]
    known = [(one, found) for one, found in zip(clusters, texts, strict=True) if found]
    for (one, _), found in zip(known, names([found for _, found in known], background.rarity), strict=True):
        one.terms = list(found)
        if not one.named_by:
            one.name = ", ".join(found)


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
