"""Tokens of integrators: made and revoked at the desk, shown once, kept as a digest."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from pydantic import JsonValue
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.signing import new_id
from core.audit import record
from core.database import Database
from core.database.base import now
from core.database.models import ApiToken
from core.identity.vault import new_token, token_digest

PREFIX = "guichet_"  # so that scanners find tokens that were published by mistake
_USE_NOTED = timedelta(minutes=1)  # not each use costs a transaction


class Scope(StrEnum):
    """What a token allows."""

    ASK = "ask"
    ENTRIES = "entries:read"
    HANDOFFS = "handoffs:read"
    FIGURES = "figures:read"


async def create(
    session: AsyncSession, *, name: str, scopes: Sequence[Scope], per_minute: int, days: int, test: bool, actor: str
) -> tuple[ApiToken, str]:
    """Adds a token. Returns its row, and the token itself, which cannot be read again."""
    token = PREFIX + new_token()
    row = ApiToken(
        id=new_id(),
        digest=token_digest(token),
        name=name,
        scopes=[scope.value for scope in Scope if scope in scopes],
        per_minute=per_minute,
        test=test,
        created_by=actor,
        expires_at=now() + timedelta(days=days),
    )
    session.add(row)
    await session.flush()
    details: dict[str, JsonValue] = {
        "name": name,
        "scopes": [*row.scopes],
        "per_minute": per_minute,
        "days": days,
        "test": test,
    }
    await record(session, actor=actor, action="api_token.created", target=f"api_token:{row.id}", details=details)
    return row, token


async def find(database: Database, token: str) -> ApiToken | None:
    """Returns the row of a token that is valid now. Reads the record each time: a revocation takes effect at once."""
    valid = (ApiToken.digest == token_digest(token)) & ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > now())
    async with database.read(brief=True) as session:
        return (await session.execute(select(ApiToken).where(valid))).scalar_one_or_none()


async def note_use(database: Database, row: ApiToken) -> None:
    """Stores when the token was last used, at most once a minute."""
    if row.used_at is not None and row.used_at > now() - _USE_NOTED:
        return
    async with database.write(brief=True, durable=False) as session:
        await session.execute(update(ApiToken).where(ApiToken.id == row.id).values(used_at=now()))


async def revoke(session: AsyncSession, identifier: str, *, actor: str) -> bool:
    """Makes the token invalid for good. Returns false if there is none that could be revoked."""
    valid = (ApiToken.id == identifier) & ApiToken.revoked_at.is_(None)
    revoked = await session.execute(update(ApiToken).where(valid).values(revoked_at=now()).returning(ApiToken.id))
    if revoked.first() is None:
        return False
    await record(session, actor=actor, action="api_token.revoked", target=f"api_token:{identifier}")
    return True


async def listed(session: AsyncSession) -> Sequence[ApiToken]:
    """Returns all tokens, the latest first."""
    return (await session.scalars(select(ApiToken).order_by(ApiToken.created_at.desc()))).all()
