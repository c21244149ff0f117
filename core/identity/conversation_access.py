"""Decides who may read a conversation and act on it, for all desks. Views and denials are written to the audit.

A conversation belongs to the teams of its open requests or, if none is open, of its closed ones. A team counts only if it
has a member who answers citizens: a request routed to an empty team belongs to everybody, since otherwise nobody would
answer it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database import Database
from core.database.base import now
from core.database.conflict import insert_into
from core.database.models import ConversationView, Handoff, StaffRow, Team
from core.handoff import OPEN, UNCLAIMED, State
from core.identity.errors import IdentityError
from core.identity.rights import RIGHTS, Right, Role
from core.identity.staff import Staff

SAME_VIEW = timedelta(minutes=15)  # reading again within this time continues the view that is in the audit
_RECORDED_EVERY = timedelta(minutes=1)  # writing at each reading would make readers wait for writers
REASON_CHARACTERS = (10, 300)  # least and most


class Access(StrEnum):
    """``open``: read and act. ``with_reason``: read once, for a written reason. ``closed``: neither."""

    OPEN = "open"
    WITH_REASON = "with_reason"
    CLOSED = "closed"


class Denied(IdentityError):
    """The person may not see the conversation: ``no_right`` (their role), ``other_team``, ``needs_reason``."""


class Request(Protocol):
    """The relevant part of a request for a human: columns of ``Handoff``."""

    @property
    def state(self) -> str: ...
    @property
    def team(self) -> str: ...
    @property
    def owner(self) -> str | None: ...
    @property
    def alert(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Ownership:
    """The owners of a conversation: ``teams`` (empty: everybody), and ``holders``, who have it or had it last.

    ``danger``: somebody may be in danger, and nobody has taken it yet.
    """

    teams: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Roster:
    """All staff by id, and the teams with a member who answers citizens (none: the service is not divided into teams)."""

    people: Mapping[str, Staff]
    teams: frozenset[str] = frozenset()


def ownership_of(requests: Iterable[Request], staffed: frozenset[str]) -> Ownership:
    """Returns the owners of the conversation with these ``requests``. ``staffed``: the teams with members."""
    submitted = [request for request in requests if request.state != State.DRAFT]
    waiting = [request for request in submitted if request.state in OPEN]
    teams = frozenset(request.team for request in waiting or submitted if request.team)
    return Ownership(
        teams=teams & staffed if waiting or not staffed else teams,
        holders=frozenset(request.owner for request in waiting or submitted if request.owner),
        danger=any(request.alert and request.state in UNCLAIMED for request in waiting),
    )


def access(staff: Staff, ownership: Ownership, staffed: frozenset[str]) -> Access:
    """Returns what ``staff`` may do with a conversation of the owners ``ownership``."""
    if staff.may(Right.HANDLE_CONVERSATIONS) and (
        ownership.danger or staff.id in ownership.holders or _is_theirs(staff, ownership, staffed)
    ):
        return Access.OPEN
    return Access.WITH_REASON if staff.may(Right.READ_WITH_REASON) else Access.CLOSED


def _is_theirs(staff: Staff, ownership: Ownership, staffed: frozenset[str]) -> bool:
    if ownership.teams:
        return not ownership.teams.isdisjoint(staff.teams)
    # Administrators answer citizens if there are no teams, or as members of one; otherwise they read for a reason.
    return not staff.may(Right.READ_WITH_REASON) or not staffed or not staffed.isdisjoint(staff.teams)


def visible_to(staff: Staff, staffed: frozenset[str]) -> ColumnElement[bool]:
    """Returns a condition that limits a query of ``Handoff`` to about what ``staff`` may see; ``accesses`` filters the rest."""
    if not staffed:
        return true()
    theirs = [*staff.teams, *([""] if _is_theirs(staff, Ownership(), staffed) else [])]
    return Handoff.team.in_(theirs) | (Handoff.owner == staff.id)


async def roster(session: AsyncSession) -> Roster:
    """Returns all staff, and the teams with members."""
    columns = (StaffRow.id, StaffRow.name, StaffRow.email, StaffRow.role, StaffRow.teams, StaffRow.disabled_at)
    rows = (await session.execute(select(*columns))).all()
    answering = [row for row in rows if row.disabled_at is None and Right.HANDLE_CONVERSATIONS in RIGHTS[Role(row.role)]]
    their_teams = frozenset(team for row in answering for team in row.teams)
    existing = frozenset(await session.scalars(select(Team.name))) if their_teams else their_teams
    people = {row.id: Staff(row.id, row.name or row.email, row.email, Role(row.role), teams=tuple(row.teams)) for row in rows}
    return Roster(people, their_teams & existing)


async def accesses(session: AsyncSession, staff: Staff, conversations: Collection[str]) -> dict[str, Access]:
    """Returns what ``staff`` may do with each of ``conversations``, by id."""
    staffed = (await roster(session)).teams
    columns = (Handoff.conversation_id, Handoff.state, Handoff.team, Handoff.owner, Handoff.alert)
    requests = defaultdict[str, list[Request]](list)
    for row in await session.execute(select(*columns).where(Handoff.conversation_id.in_(conversations))):
        requests[row.conversation_id].append(row)
    return {each: access(staff, ownership_of(requests[each], staffed), staffed) for each in conversations}


async def access_to(database: Database, staff: Staff, conversation: str) -> Access:
    """Returns what ``staff`` may do with one conversation."""
    async with database.read() as session:
        return (await accesses(session, staff, [conversation]))[conversation]


async def require(database: Database, staff: Staff, conversation: str, act: str) -> None:
    """Returns if ``staff`` may do ``act`` on ``conversation``. Raises ``Denied`` otherwise, and writes it to the audit."""
    granted = await access_to(database, staff, conversation)
    if granted is not Access.OPEN:
        raise await record_denial(database, staff, conversation, act, granted)


async def record_denial(database: Database, staff: Staff, conversation: str, act: str, granted: Access) -> Denied:
    """Writes to the audit that ``act`` was denied. Returns the exception to raise."""
    async with database.write() as session:
        target = f"conversation:{conversation}"
        await audit.record(session, actor=staff.id, action="conversation.denied", target=target, details={"act": act})
    if granted is Access.WITH_REASON:
        return Denied("needs_reason")
    return Denied("other_team" if staff.may(Right.HANDLE_CONVERSATIONS) else "no_right")


async def record_view(database: Database, staff: Staff, conversation: str) -> None:
    """Writes to the audit that ``staff`` reads ``conversation``: once per view, however often the page reads it again."""
    mine = (ConversationView.session_id == staff.session) & (ConversationView.conversation_id == conversation)
    present = now()
    async with database.read(brief=True) as session:
        last = await session.scalar(select(ConversationView.seen_at).where(mine))
    if last is not None and timedelta(0) <= present - last < _RECORDED_EVERY:
        return
    async with database.write() as session:
        first = await session.execute(
            insert_into(session, ConversationView)
            .values(session_id=staff.session, conversation_id=conversation, seen_at=present)
            .on_conflict_do_update(
                index_elements=["session_id", "conversation_id"],
                set_={"seen_at": present},
                where=ConversationView.seen_at <= present - SAME_VIEW,
            )
            .returning(ConversationView.seen_at)
        )
        if first.first() is None:  # of several concurrent readings one is the view
            await session.execute(update(ConversationView).where(mine).values(seen_at=present))
        else:
            await record_read(session, staff.id, conversation)


async def record_read(session: AsyncSession, actor: str, conversation: str, **details: str) -> None:
    """Writes to the audit that ``actor`` reads ``conversation``. Must be the last statement of the transaction."""
    target = f"conversation:{conversation}"
    await audit.record(session, actor=actor, action="conversation.read", target=target, details=details)
