"""Finds the account for a provider's identity. Nobody gets a right that an operator or administrator did not give."""

import hashlib

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import audit
from core.database.models import StaffRow
from core.identity import accounts
from core.identity.errors import IdentityError
from core.identity.oidc.client import Identity
from core.identity.rights import Role
from core.settings import Settings

ACTOR = "openid connect"


def subject_key(identity: Identity) -> str:
    """Returns the stored form of a person's identifier at the provider: it is compared, never shown."""
    return hashlib.sha256(f"{identity.issuer}\0{identity.subject}".encode()).hexdigest()


def role_of(identity: Identity, settings: Settings) -> Role | None:
    """Returns the role for the provider's claim: the first of ``oidc_roles`` that the person has."""
    pairs = (pair.rpartition("=") for pair in settings.oidc_roles.split())
    return next((Role(role) for name, _, role in pairs if name in identity.roles), None)


async def admit(session: AsyncSession, identity: Identity, settings: Settings) -> StaffRow:
    """Returns the account of ``identity``: the one bound to it, else the one with its address, else, with a role by claim, a
    new one.

    Runs in the caller's transaction, which must be committed. Raises ``IdentityError``: ``oidc_no_email oidc_unknown
    oidc_no_role oidc_other_person last_administrator``.
    """
    key = subject_key(identity)
    row = (await session.scalars(select(StaffRow).where(StaffRow.subject == key))).one_or_none()
    known = row is not None
    if row is None:
        if not identity.email or not identity.verified:
            raise IdentityError("oidc_no_email")
        row = await accounts.by_email(session, identity.email)
        if row is not None and row.subject is not None:
            raise IdentityError("oidc_other_person", email=identity.email)
    if row is not None and row.disabled_at:
        raise IdentityError("oidc_unknown", email=row.email)
    role = role_of(identity, settings)
    if settings.oidc_roles and role is None:
        raise IdentityError("oidc_no_role", email=identity.email)
    if row is None:
        if role is None:
            raise IdentityError("oidc_unknown", email=identity.email)
        row = await accounts.create(session, email=identity.email, role=role, actor=ACTOR, name=identity.name)
    elif role is not None and role is not Role(row.role):
        row = await accounts.change(session, row.id, actor=ACTOR, role=role)
    if not known:
        row.subject, row.name = key, row.name or identity.name
        await audit.record(session, actor=ACTOR, action="staff.bind", target=f"staff:{row.id}")
    return row
