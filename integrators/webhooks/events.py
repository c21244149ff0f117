"""The events that are sent, found in the record: nothing else in the service knows of webhooks."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.models import Conversation, Correction, Handoff, Publication, Reply
from core.handoff import Kind
from core.turns import Origin
from integrators.shown_handoffs import ShownHandoff, citizens_handoffs

_MAX_ENTRIES = 200  # of one publication: an import may change thousands
_ACTIVE = "active"  # the state of a publication in use (knowledge_base.publishing)


class Event(StrEnum):
    """The kinds of events. ``TEST`` is sent from the desk only."""

    HANDOFF = "handoff.waiting"
    CALL_BACK = "call_back.requested"
    PUBLISHED = "entry.published"
    CORRECTED = "reply.corrected"
    TEST = "test"


OFFERED = tuple(event for event in Event if event is not Event.TEST)


class Happened(NamedTuple):
    """One event. ``about`` is the same whenever it is found again."""

    event: Event
    about: str
    at: datetime
    data: dict[str, Any]


async def events_since(session: AsyncSession, moment: datetime) -> list[Happened]:
    """Returns the events since ``moment``, the oldest first."""
    handoffs = await session.execute(citizens_handoffs().where(Handoff.waiting_since >= moment))
    publications = await session.scalars(
        select(Publication).where(Publication.state == _ACTIVE, Publication.finished_at >= moment)
    )
    corrections = await session.execute(
        select(Correction.reply_id, Correction.created_at, Reply.entry, Reply.entry_version)
        .join(Reply, Reply.id == Correction.reply_id)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(Correction.created_at >= moment, Conversation.origin == Origin.CITIZEN)
    )
    found = [_waiting(ShownHandoff.model_validate(row)) for row in handoffs]
    found += [_published(row) for row in publications]
    for row in corrections:
        data = {"reply": row.reply_id, "entry": row.entry, "version": row.entry_version}
        found.append(Happened(Event.CORRECTED, f"correction {row.reply_id}", row.created_at, data))
    return sorted(found, key=lambda one: one.at)


def _waiting(handoff: ShownHandoff) -> Happened:
    assert handoff.waiting_since is not None
    event = Event.CALL_BACK if handoff.kind == Kind.CALL_BACK else Event.HANDOFF
    # Of the moment when it began to wait: what became of it since is not part of this event.
    data = handoff.model_dump(mode="json", exclude={"state", "claimed_at", "closed_at"})
    return Happened(event, f"handoff {handoff.id}", handoff.waiting_since, data)


def _published(row: Publication) -> Happened:
    assert row.finished_at is not None
    data = {
        "publication": row.id,
        "kind": row.kind,
        "snapshot": row.candidate,
        "count": len(row.changes),
        "entries": [*_entries(row)],
    }
    return Happened(Event.PUBLISHED, f"publication {row.id}", row.finished_at, data)


def _entries(row: Publication) -> Iterator[dict[str, Any]]:
    """Yields the first changed entries. Without a ``version``, the entry was withdrawn."""
    for change in row.changes[:_MAX_ENTRIES]:
        yield {"collection": change["collection"], "id": change["entry_id"], "version": change["version"]}
