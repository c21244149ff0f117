"""Accounts: invite, list, change, disable, reset. Each function runs in the caller's transaction and writes to the audit."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from pydantic import JsonValue
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database.base import now
from core.database.models import StaffRow
from core.identity import links, sessions
from core.identity.errors import IdentityError
from core.identity.rights import Role
from core.identity.vault import new_token

_EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]{1,180}\.[^@\s<>\"',;:.]{2,}")


def clean_email(text: str) -> str:
    """Returns ``text`` in the form in which addresses are stored. Raises ``IdentityError`` ``email_wrong``."""
    email = text.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise IdentityError("email_wrong", email=text.strip()[:80])
    return email


def clean_list(names: Iterable[str]) -> list[str]:
    """Returns the names without surrounding spaces, each once, in order."""
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


async def create(session: AsyncSession, *, email: str, role: Role, actor: str, name: str = "", **more: Any) -> StaffRow:
    """Returns a new account. ``more``: ``collections teams languages capacity language password``. Raises ``IdentityError``."""
    email = clean_email(email)
    if await by_email(session, email):
        raise IdentityError("email_taken", email=email)
    row = StaffRow(id=new_token()[:32], email=email, name=name.strip()[:120], role=role.value, **more)
    session.add(row)
    await session.flush()
    await audit.record(session, actor=actor, action="staff.create", target=f"staff:{row.id}", details={"role": row.role})
    return row


async def invite(
    session: AsyncSession, *, email: str, role: Role, actor: str, days: float, name: str = "", **more: Any
) -> tuple[StaffRow, str]:
    """Returns a new account, or an existing one that was never used, and the token of the link that sets its password."""
    known = await by_email(session, clean_email(email))
    if known is not None and known.password is None and known.subject is None and not known.disabled_at:
        known.role, known.name = role.value, name.strip()[:120] or known.name
        for field, value in more.items():
            setattr(known, field, value)
    else:
        known = await create(session, email=email, role=role, actor=actor, name=name, **more)
    token = await links.make(session, links.INVITATION, known.id, days=days)
    await audit.record(session, actor=actor, action="staff.invite", target=f"staff:{known.id}", details={"role": known.role})
    return known, token


def is_active(row: StaffRow) -> bool:
    """Decides whether the person has signed in once, by a password and a second factor or at the identity provider."""
    return bool(row.subject or (row.password and row.totp))


async def by_email(session: AsyncSession, email: str) -> StaffRow | None:
    """Returns the account of an address, or ``None``."""
    return (await session.scalars(select(StaffRow).where(StaffRow.email == email.strip().lower()))).one_or_none()


async def get(session: AsyncSession, staff_id: str) -> StaffRow:
    """Returns the account with that id. Raises ``IdentityError`` ``unknown``."""
    row = await session.get(StaffRow, staff_id)
    if row is None:
        raise IdentityError("unknown")
    return row


async def listed(session: AsyncSession) -> Sequence[StaffRow]:
    """Returns all accounts, by address."""
    return (await session.scalars(select(StaffRow).order_by(StaffRow.email))).all()


async def change(session: AsyncSession, staff_id: str, *, actor: str, role: Role | None = None, **more: Any) -> StaffRow:
    """Changes the role or ``name collections teams languages capacity language``. The last administrator keeps the role."""
    row = await get(session, staff_id)
    if role and role is not Role(row.role):
        await _leave_an_administrator(session, row)
        row.role = role.value
    for field, value in more.items():
        setattr(row, field, value)
    details: dict[str, JsonValue] = {"role": row.role, "collections": [*row.collections], "teams": [*row.teams]}
    await audit.record(session, actor=actor, action="staff.change", target=f"staff:{row.id}", details=details)
    return row


async def disable(session: AsyncSession, staff_id: str, *, actor: str) -> StaffRow:
    """Ends all sessions of this account and prevents sign-in. Raises ``IdentityError`` for the last administrator."""
    row = await get(session, staff_id)
    await _leave_an_administrator(session, row)
    row.disabled_at = row.disabled_at or now()
    await sessions.end(session, row.id)
    await audit.record(session, actor=actor, action="staff.disable", target=f"staff:{row.id}")
    return row


async def enable(session: AsyncSession, staff_id: str, *, actor: str) -> StaffRow:
    """Reverses ``disable``."""
    row = await get(session, staff_id)
    row.disabled_at = None
    await audit.record(session, actor=actor, action="staff.enable", target=f"staff:{row.id}")
    return row


async def reset(session: AsyncSession, staff_id: str, *, actor: str, days: float, second_factor: bool = False) -> str:
    """Returns the token of a link for a new password. The old password and all sessions end now; with ``second_factor``, it
    too.

    Raises ``IdentityError`` ``reset_self``: nobody can bypass their own password and code.
    """
    if staff_id == actor:
        raise IdentityError("reset_self")
    row = await get(session, staff_id)
    row.password = row.subject = None  # the next person who comes from the identity provider with this address is the new owner
    if second_factor:
        row.totp, row.recovery = None, []
    await sessions.end(session, row.id)
    token = await links.make(session, links.RESET, row.id, days=days)
    details = {"second_factor": second_factor}
    await audit.record(session, actor=actor, action="staff.reset", target=f"staff:{row.id}", details=details)
    return token


async def break_glass(session: AsyncSession, staff_id: str, *, actor: str, hours: float) -> str | None:
    """Accepts an administrator's password for ``hours``, although passwords are switched off. The second factor stays required.

    Returns the token of a link that sets a password if there is none. Raises ``IdentityError`` ``not_administrator``.
    """
    row = await get(session, staff_id)
    if row.role != Role.ADMINISTRATOR or row.disabled_at:
        raise IdentityError("not_administrator")
    row.password_until = now() + timedelta(hours=hours)
    token = None if row.password else await links.make(session, links.RESET, row.id, days=hours / 24)
    await audit.record(session, actor=actor, action="staff.break_glass", target=f"staff:{row.id}", details={"hours": hours})
    return token


async def _leave_an_administrator(session: AsyncSession, row: StaffRow) -> None:
    if row.role != Role.ADMINISTRATOR or (row.password is None and row.subject is None):
        return
    others = select(func.count()).where(
        StaffRow.role == Role.ADMINISTRATOR,
        StaffRow.id != row.id,
        StaffRow.disabled_at.is_(None),
        StaffRow.password.is_not(None) | StaffRow.subject.is_not(None),
    )
    if not await session.scalar(others):
        raise IdentityError("last_administrator")
