"""Clusters as editors see them, and the editors' actions on them."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit import record as audit
from core.database import Database
from core.database.base import now
from core.database.models import DemandCluster, DemandMember, EntryRow, Message
from core.entry import Entry
from knowledge_base.editing.rows import at_head, content, revision
from knowledge_base.editing.saving import save
from knowledge_base.quality.demand.clustering import WINDOW
from knowledge_base.quality.demand.grouping import title
from knowledge_base.quality.demand.signals import FAILURES
from retrieval.terms.analysis import fold

type Status = Literal["open", "drafted", "attached", "out_of_scope"]
_WEEK = timedelta(days=7)
_NOT_OF_IDS = re.compile(r"[^a-z0-9]+")
_GROWING = 1.5  # times the mean of the weeks before
_EXAMPLES = 5
_WORDINGS = 3  # wordings in a draft or an attachment, if none are chosen


class Cluster(BaseModel):
    """A subject with unanswered questions. Numbers are of the last four weeks.

    ``title`` is for readers: the editor's name for it, else the most typical question. It is looked up each time and never
    stored, since it is deleted with its conversation; ``name`` consists of words and stays. ``citizens`` is the number of
    conversations; ``kinds`` counts messages by the kind of failure. ``new`` means that nobody asked before this week,
    ``growing`` that this week has half as many again as the weeks before. Once a decision was taken, ``met`` of the ``since``
    later messages on this subject got an answer.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    title: str
    terms: tuple[str, ...]
    status: Status
    entry: str
    assigned_to: str
    decided_by: str
    decided_at: datetime | None
    citizens: int
    kinds: dict[str, int]
    this_week: int
    new: bool
    growing: bool
    since: int = 0
    met: int = 0
    examples: tuple[str, ...] = ()


class NoCluster(LookupError):
    """There is no such cluster."""


async def clusters(database: Database, *, status: Status | None = None, limit: int = 50) -> list[Cluster]:
    """Returns the clusters, those with most citizens first. Without ``status`` all are returned, the undecided ones first."""
    async with database.read() as session:
        query = select(DemandCluster)
        if status is not None:
            query = query.where(DemandCluster.status == status)
        found = [await _view(session, row) for row in await session.scalars(query)]
    current = [one for one in found if one.citizens or one.status != "open"]
    return sorted(current, key=lambda one: (one.status != "open", -one.citizens, one.id))[:limit]


async def count_open(database: Database) -> int:
    """Returns the number of the undecided clusters of the last four weeks."""
    query = select(func.count(func.distinct(DemandCluster.seq))).join(DemandMember, DemandMember.cluster == DemandCluster.seq)
    recent = query.where(DemandCluster.status == "open", DemandMember.kind.in_(FAILURES), DemandMember.at >= now() - WINDOW)
    async with database.read() as session:
        return await session.scalar(recent) or 0


async def get(database: Database, number: int) -> Cluster:
    """Returns the cluster. Raises ``NoCluster``."""
    async with database.read() as session:
        return await _view(session, await _row(session, number), examples=50)


async def draft(database: Database, number: int, *, collection: str, author: str, wordings: Sequence[str] = ()) -> str:
    """Creates a draft entry on this subject, with the citizens' wordings. Returns collection/id.

    Raises ``NoCluster`` and ``EditRefused``.
    """
    view = await get(database, number)
    page = await _unused_id(database, collection, view.name)
    chosen = tuple(wordings) or view.examples[:_WORDINGS]
    entry = Entry(id=page, collection=collection, title=view.title[:1].upper() + view.title[1:], wordings=chosen)
    await save(database, entry, started_from=0, author=author, reason=view.name)
    await _decide(database, number, "drafted", author, entry=f"{collection}/{page}")
    return f"{collection}/{page}"


async def attach(
    database: Database, number: int, *, collection: str, page: str, author: str, wordings: Sequence[str] = ()
) -> int:
    """Adds the citizens' wordings to an entry, as a draft. Returns its revision. Raises ``NoCluster``, ``EditRefused``."""
    view = await get(database, number)
    version = await add_wordings(
        database, collection, page, tuple(wordings) or view.examples[:_WORDINGS], author=author, reason=view.name
    )
    await _decide(database, number, "attached", author, entry=f"{collection}/{page}")
    return version


async def add_wordings(
    database: Database, collection: str, page: str, wordings: Sequence[str], *, author: str, reason: str
) -> int:
    """Saves a revision with further wordings, each once. Returns its number. Raises ``EditRefused``."""
    async with database.write() as session:
        row = await at_head(session, collection, page, None)
        head = row.head
        entry = content(await revision(session, collection, page, head))
    known = {wording.casefold() for wording in (entry.title, *entry.wordings)}
    new = [wording for wording in dict.fromkeys(wordings) if wording.casefold() not in known]
    changed = entry.model_copy(update={"wordings": (*entry.wordings, *new)})
    return await save(database, changed, started_from=head, author=author, reason=reason)


async def out_of_scope(database: Database, number: int, *, author: str) -> None:
    """Marks the subject as one that the service rightly does not answer. Raises ``NoCluster``."""
    await _decide(database, number, "out_of_scope", author)


async def reopen(database: Database, number: int, *, author: str) -> None:
    """Withdraws the decision about the subject. Raises ``NoCluster``."""
    await _decide(database, number, "open", author)


async def assign(database: Database, number: int, *, to: str, author: str) -> None:
    """Assigns the cluster to a person (empty: to nobody). Raises ``NoCluster``."""
    async with database.write() as session:
        (await _row(session, number)).assigned_to = to
        await session.flush()
        await audit(session, actor=author, action="demand.assigned", target=f"demand:{number}", details={"to": to})


async def rename(database: Database, number: int, *, name: str, author: str) -> None:
    """Sets an editor's name, which is kept. An empty one restores the automatic name. Raises ``NoCluster``."""
    async with database.write() as session:
        row = await _row(session, number)
        row.name, row.named_by = name.strip()[:200] or ", ".join(row.terms), author if name.strip() else ""


async def _unused_id(database: Database, collection: str, name: str) -> str:
    """Returns an id made from ``name`` that no entry of ``collection`` has yet."""
    slug = "-".join(_NOT_OF_IDS.sub(" ", fold(name)).split())[:40].strip("-") or "sujet"
    async with database.read() as session:
        used = set(
            await session.scalars(select(EntryRow.id).where(EntryRow.collection == collection, EntryRow.id.startswith(slug)))
        )
    return next(one for number in count(1) if (one := slug if number == 1 else f"{slug}-{number}") not in used)


async def _decide(database: Database, number: int, status: Status, author: str, *, entry: str = "") -> None:
    async with database.write() as session:
        row = await _row(session, number)
        row.status, row.entry, row.decided_by = status, entry, author if status != "open" else ""
        row.decided_at = now() if status != "open" else None
        await session.flush()
        await audit(
            session,
            actor=author,
            action=f"demand.{status}",
            target=f"demand:{number}",
            details={"entry": entry} if entry else None,
        )


async def _row(session: AsyncSession, number: int) -> DemandCluster:
    row = await session.get(DemandCluster, number)
    if row is None:
        raise NoCluster(number)
    return row


async def _view(session: AsyncSession, row: DemandCluster, examples: int = _EXAMPLES) -> Cluster:
    present = now()
    of_cluster = DemandMember.cluster == row.seq
    failed = DemandMember.kind.in_(FAILURES)
    recent = DemandMember.at >= present - WINDOW
    joined = select(Message.conversation_id).join(DemandMember, DemandMember.message_id == Message.id).where(of_cluster, failed)

    async def citizens_since(condition: ColumnElement[bool]) -> int:
        return await session.scalar(select(func.count()).select_from(joined.where(condition).distinct().subquery())) or 0

    citizens, this_week = await citizens_since(recent), await citizens_since(DemandMember.at >= present - _WEEK)
    kinds = await session.execute(
        select(DemandMember.kind, func.count()).where(of_cluster, failed, recent).group_by(DemandMember.kind)
    )
    first = await session.scalar(select(func.min(DemandMember.at)).where(of_cluster, failed))
    since = met = 0
    if row.decided_at is not None:
        counted = select(func.count(), func.sum(case((failed, 0), else_=1))).where(
            of_cluster, DemandMember.at >= row.decided_at
        )
        since, met = (int(number or 0) for number in (await session.execute(counted)).one())
    texts = await session.scalars(
        select(Message.text)
        .join(DemandMember, DemandMember.message_id == Message.id)
        .where(of_cluster, failed)
        .order_by(DemandMember.similarity.desc(), Message.seq)
        .limit(3 * examples)
    )
    messages = list(dict.fromkeys(text for text in texts if text))
    is_new = first is not None and first >= present - _WEEK
    return Cluster(
        id=row.seq,
        name=row.name,
        title=row.name if row.named_by else title(messages, row.terms) or row.name,
        terms=tuple(row.terms),
        status=row.status,
        entry=row.entry,
        assigned_to=row.assigned_to,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        citizens=citizens,
        kinds={kind: int(number) for kind, number in kinds},
        this_week=this_week,
        new=is_new,
        growing=not is_new and this_week >= 3 and this_week > _GROWING * (citizens - this_week) / 3,
        since=since,
        met=met,
        examples=tuple(messages[:examples]),
    )
