"""Sessions on the server: the cookie has a random token, the record its digest. A session ended here is ended everywhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database import Database
from core.database.base import now
from core.database.models import StaffRow, StaffSession
from core.identity.rights import RIGHTS, Right, Role
from core.identity.staff import Staff, staff_of
from core.identity.vault import new_token, token_digest
from core.settings import Settings

OPEN, SECOND, ENROL = "open", "second", "enrol"
_ON_THE_WAY = timedelta(minutes=15)  # between password and second factor
_SEEN_EVERY = timedelta(minutes=1)  # writing at each request would make readers wait for writers
_KEPT_AFTER_END = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ValidSession:
    """A valid session and its person. ``stage``: ``open``, ``second`` or ``enrol``."""

    row: StaffSession
    staff: Staff

    @property
    def stage(self) -> str:
        return self.row.stage


async def open_session(
    session: AsyncSession,
    staff_id: str,
    *,
    hours: float = 12,
    stage: str = OPEN,
    device: str = "",
    id_token: bytes | None = None,
) -> str:
    """Opens a session for ``staff_id`` and returns its token. ``hours``: its maximum duration, even with activity."""
    token, present = new_token(), now()
    await session.execute(delete(StaffSession).where(StaffSession.expires_at < present - _KEPT_AFTER_END))
    session.add(
        StaffSession(
            id=new_token()[:32],
            staff_id=staff_id,
            token=token_digest(token),
            stage=stage,
            id_token=id_token,
            device=device[:120],
            created_at=present,
            seen_at=present,
            expires_at=present + (timedelta(hours=hours) if stage == OPEN else _ON_THE_WAY),
        )
    )
    return token


async def find(database: Database, token: str, settings: Settings) -> ValidSession | None:
    """Returns the valid session of ``token``: not ended, not idle or old for too long, and its person not disabled."""
    if not token:
        return None
    present = now()
    query = (
        select(StaffSession, StaffRow)
        .join(StaffRow, StaffRow.id == StaffSession.staff_id)
        .where(
            StaffSession.token == token_digest(token),
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > present,
            StaffSession.seen_at > present - timedelta(minutes=settings.desk_idle_minutes),
            StaffRow.disabled_at.is_(None),
        )
    )
    async with database.read() as session:
        found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    row, person = found
    if present - row.seen_at > _SEEN_EVERY:
        async with database.write() as session:
            await session.execute(update(StaffSession).where(StaffSession.id == row.id).values(seen_at=present))
    return ValidSession(row, staff_of(person, row.id))


async def rights_of_sessions(database: Database, ids: Collection[str]) -> dict[str, frozenset[Right]]:
    """Returns the present rights of each of the sessions ``ids``, without invalid sessions."""
    query = (
        select(StaffSession.id, StaffRow.role)
        .join(StaffRow, StaffRow.id == StaffSession.staff_id)
        .where(
            StaffSession.id.in_(ids),
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now(),
            StaffRow.disabled_at.is_(None),
        )
    )
    async with database.read() as session:
        return {identifier: RIGHTS[Role(role)] for identifier, role in await session.execute(query)}


async def of_staff(session: AsyncSession, staff_id: str) -> Sequence[StaffSession]:
    """Returns the open sessions of a person, the last used first."""
    query = (
        select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.stage == OPEN,
            StaffSession.ended_at.is_(None),
            StaffSession.expires_at > now(),
        )
        .order_by(StaffSession.seen_at.desc())
    )
    return (await session.scalars(query)).all()


async def end(session: AsyncSession, staff_id: str, *, only: str = "", but: str = "") -> int:
    """Ends sessions of ``staff_id``: the one with the id ``only``, or all except ``but``. Returns how many."""
    query = update(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None))
    if only:
        query = query.where(StaffSession.id == only)
    if but:
        query = query.where(StaffSession.id != but)
    done = await session.execute(query.values(ended_at=now(), pending=None, id_token=None))
    return int(getattr(done, "rowcount", 0))


async def end_all(session: AsyncSession) -> int:
    """Ends the sessions of everybody. Returns how many."""
    query = update(StaffSession).where(StaffSession.ended_at.is_(None))
    done = await session.execute(query.values(ended_at=now(), pending=None, id_token=None))
    return int(getattr(done, "rowcount", 0))
