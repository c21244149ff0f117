"""Changes that people make to their own account, and the use of a link that opens an account."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database import Database
from core.database.base import now
from core.database.models import AuditRow
from core.identity import accounts, links, passwords, sessions
from core.identity.errors import IdentityError, WrongCredentials
from core.identity.rights import Role
from core.identity.sign_in import CODES_HELD, SECOND_FACTOR
from core.identity.staff import Staff

_SHOWN = (SECOND_FACTOR, "staff.password", "staff.recovery_used", "staff.change", CODES_HELD)
_SHOWN_FOR = timedelta(days=30)


async def accept_link(
    database: Database,
    token: str,
    *,
    password: str,
    name: str,
    email: str = "",
    language: str = "fr",
    browser: str = "",
    passwords_on: bool,
) -> str:
    """Uses a link: sets name and password. Returns the token of a session in which the second factor comes next.

    ``email`` counts only for the first administrator's link. If ``passwords_on`` is false, only the machine's operator can
    have made the link, for the first administrator or in an emergency. Raises ``IdentityError``; the link then stays valid.
    """
    async with database.read() as session:
        link = await links.read(session, token)
        account = await accounts.get(session, link.staff_id) if link.staff_id else None
    if account and not passwords_on and not (account.password_until and account.password_until > now()):
        raise IdentityError("passwords_off")
    email = account.email if account else accounts.clean_email(email)
    passwords.check(password, email=email, name=name)
    digest = await passwords.digest(password)
    async with database.write() as session:
        link = await links.use(session, token)
        if link.staff_id:
            row = await accounts.get(session, link.staff_id)
        else:
            row = await accounts.by_email(session, email) or await accounts.create(
                session, email=email, role=Role.ADMINISTRATOR, actor="system"
            )
            if row.role != Role.ADMINISTRATOR:
                raise IdentityError("email_taken", email=email)
        row.password, row.name, row.language = digest, name.strip()[:120] or row.name, language
        await sessions.end(session, row.id)
        stage = sessions.SECOND if row.totp else sessions.ENROL
        opened = await sessions.open_session(session, row.id, stage=stage, device=browser)
        await audit.record(session, actor=row.id, action="staff.accept", target=f"staff:{row.id}", details={"kind": link.kind})
        return opened


async def recent_changes(session: AsyncSession, staff_id: str) -> dict[str, datetime]:
    """Returns when the account ``staff_id`` last got another password, telephone or role, or used a recovery code, by the
    audit's action.
    """
    since = now() - _SHOWN_FOR
    query = (
        select(AuditRow.action, AuditRow.at, AuditRow.details)
        .where(AuditRow.target == f"staff:{staff_id}", AuditRow.action.in_(_SHOWN), AuditRow.at > since)
        .order_by(AuditRow.seq)
    )
    rows = await session.execute(query)
    return {action: at for action, at, details in rows if action != SECOND_FACTOR or json.loads(details).get("replaced")}


async def change_password(database: Database, staff: Staff, *, old: str, new: str) -> None:
    """Replaces the password; every other session ends. Raises ``WrongCredentials`` or ``IdentityError``."""
    async with database.read() as session:
        stored = (await accounts.get(session, staff.id)).password
    if not await passwords.matches(old, stored):
        raise WrongCredentials
    passwords.check(new, email=staff.email, name=staff.name)
    digest = await passwords.digest(new)
    async with database.write() as session:
        row = await accounts.get(session, staff.id)
        row.password = digest
        await sessions.end(session, staff.id, but=staff.session)
        await audit.record(session, actor=staff.id, action="staff.password", target=f"staff:{staff.id}")
