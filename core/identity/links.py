"""Links for choosing a password: an invitation, a reset, the first administrator's. Each works once."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.base import now
from core.database.models import StaffLink, StaffRow
from core.identity.errors import IdentityError
from core.identity.rights import Role
from core.identity.vault import new_token, token_digest

INVITATION, RESET, FIRST = "invitation", "reset", "first"


def path(token: str) -> str:
    """Returns the path of a link on the gateway."""
    return f"/desk/invitation/{token}"


async def make(session: AsyncSession, kind: str, staff_id: str | None, *, days: float) -> str:
    """Returns a new link's token. Older links of the same person become invalid."""
    same = StaffLink.staff_id == staff_id if staff_id else StaffLink.staff_id.is_(None)
    await session.execute(update(StaffLink).where(same, StaffLink.used_at.is_(None)).values(used_at=now()))
    token = new_token()
    session.add(
        StaffLink(
            id=new_token()[:32],
            token=token_digest(token),
            kind=kind,
            staff_id=staff_id,
            expires_at=now() + timedelta(days=days),
        )
    )
    return token


async def read(session: AsyncSession, token: str) -> StaffLink:
    """Returns the link of ``token``. Raises ``IdentityError`` ``link_dead`` if it was used, has expired, or never existed."""
    query = select(StaffLink).where(
        StaffLink.token == token_digest(token), StaffLink.used_at.is_(None), StaffLink.expires_at > now()
    )
    link = (await session.scalars(query)).one_or_none()
    if link is None:
        raise IdentityError("link_dead")
    return link


async def use(session: AsyncSession, token: str) -> StaffLink:
    """Returns the same link and marks it as used. Raises the same error."""
    link = await read(session, token)
    marked = await session.execute(
        update(StaffLink)
        .where(StaffLink.id == link.id, StaffLink.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )
    if getattr(marked, "rowcount", 0) != 1:
        raise IdentityError("link_dead")
    return link


async def end_all(session: AsyncSession) -> int:
    """Makes all unused links invalid. Returns how many."""
    done = await session.execute(update(StaffLink).where(StaffLink.used_at.is_(None)).values(used_at=now()))
    return int(getattr(done, "rowcount", 0))


async def first_administrator(session: AsyncSession, *, days: float) -> str | None:
    """Returns a new link for the first administrator.

    ``None`` once an administrator has a password and a second factor, or came from the identity provider.
    """
    ready = select(StaffRow.id).where(
        StaffRow.role == Role.ADMINISTRATOR,
        (StaffRow.password.is_not(None) & StaffRow.totp.is_not(None)) | StaffRow.subject.is_not(None),
        StaffRow.disabled_at.is_(None),
    )
    if (await session.execute(ready.limit(1))).first():
        return None
    return await make(session, FIRST, None, days=days)
