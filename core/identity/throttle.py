"""Throttles password guessing, without locking out the owner of the account.

Failures are counted by account and address together, by address, and by account. Only the first two throttle a browser in
which the person has signed in before: guessing from other addresses, however many, never locks that browser out. An IPv6
address counts by its /64, which belongs to one subscriber.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.advisory import advisory_lock
from core.database.base import now
from core.database.models import SignInFailure
from core.identity.errors import TooManyAttempts
from core.identity.vault import Vault
from core.web.network import network

_WINDOW = timedelta(minutes=15)
_KEPT = timedelta(days=1)
_PAIR, _ADDRESS, _ACCOUNT = 5, 30, 50  # failures within the window


async def lock_address(session: AsyncSession, vault: Vault, *, address: str) -> None:
    """Locks ``address`` until this transaction ends: of concurrent attempts from it, each is counted before the next."""
    await advisory_lock(session, vault.digest(network(address)))


async def check(session: AsyncSession, vault: Vault, *, email: str, address: str, known: bool) -> None:
    """Raises ``TooManyAttempts`` if this account, or this address, has had too many recent failures."""
    account, origin = vault.digest(email), vault.digest(network(address))
    pair = (SignInFailure.account == account) & (SignInFailure.address == origin)
    await _require_below(session, pair & SignInFailure.known.is_(known), _PAIR)
    if not known:
        await _require_below(session, SignInFailure.address == origin, _ADDRESS)
        await _require_below(session, (SignInFailure.account == account) & SignInFailure.known.is_(False), _ACCOUNT)


async def count_failure(session: AsyncSession, vault: Vault, *, email: str, address: str, known: bool) -> int:
    """Counts a failure. Returns its number, for ``remove_failure``."""
    present = now()
    await session.execute(delete(SignInFailure).where(SignInFailure.at < present - _KEPT))
    failure = SignInFailure(account=vault.digest(email), address=vault.digest(network(address)), known=known, at=present)
    session.add(failure)
    await session.flush()
    return failure.seq


async def remove_failure(session: AsyncSession, failure: int) -> None:
    """Removes a counted failure that was none."""
    await session.execute(delete(SignInFailure).where(SignInFailure.seq == failure))


async def forget_failures(session: AsyncSession, vault: Vault, *, email: str, address: str) -> None:
    """Removes the failures of a person who has proven their identity, from this address."""
    await session.execute(
        delete(SignInFailure).where(
            SignInFailure.account == vault.digest(email), SignInFailure.address == vault.digest(network(address))
        )
    )


async def _require_below(session: AsyncSession, which: ColumnElement[bool], most: int) -> None:
    since = now() - _WINDOW
    query = select(func.count(), func.min(SignInFailure.at)).where(which, SignInFailure.at > since)
    count, oldest = (await session.execute(query)).one()
    if count >= most:
        raise TooManyAttempts(int((oldest - since).total_seconds()) + 1)
