"""Throttles password guessing, without locking out the owner of the account.

Failures are counted by account and address together, by address, and by account. Only the first two throttle a browser in
which the person has signed in before: guessing from other addresses, however many, never locks that browser out. An IPv6
address counts by its /64, which belongs to one subscriber.

Wrong codes of an account are counted by the day besides, since the password is known to whoever gives one: those of known
browsers and those of others apart. Recovery codes are too long to be guessed: they are not counted, and always accepted.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.advisory import advisory_lock
from core.database.base import now
from core.database.models import SignInFailure
from core.identity.errors import TooManyAttempts, TooManyCodes
from core.identity.vault import Vault
from core.web.network import network

_WINDOW = timedelta(minutes=15)
_PAIR, _ADDRESS, _ACCOUNT = 5, 30, 50  # failures within the window
_DAY = timedelta(days=1)
_CODES = 20  # wrong codes within a day: one account is guessed with a chance of 1 in 16,000 a day (three codes are right)


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
    await session.execute(delete(SignInFailure).where(SignInFailure.at < present - _DAY))
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


async def check_codes(session: AsyncSession, vault: Vault, *, email: str, known: bool) -> None:
    """Raises ``TooManyCodes`` if this account has had too many wrong codes within a day."""
    count, seconds = await _counted(session, _codes_of(vault, email, known=known), _DAY)
    if count >= _CODES:
        raise TooManyCodes(seconds)


async def count_wrong_code(session: AsyncSession, vault: Vault, *, email: str, known: bool) -> bool:
    """Counts a wrong code. Returns whether it was the last that is looked at within a day."""
    digest = vault.digest(f"codes {email}")
    session.add(SignInFailure(account=digest, address=digest, known=known, at=now()))
    await session.flush()
    return (await _counted(session, _codes_of(vault, email, known=known), _DAY))[0] == _CODES


def _codes_of(vault: Vault, email: str, *, known: bool) -> ColumnElement[bool]:
    """Returns the wrong codes of an account: rows beside those of its failures, at no address."""
    return (SignInFailure.account == vault.digest(f"codes {email}")) & SignInFailure.known.is_(known)


async def _require_below(session: AsyncSession, which: ColumnElement[bool], most: int) -> None:
    count, seconds = await _counted(session, which, _WINDOW)
    if count >= most:
        raise TooManyAttempts(seconds)


async def _counted(session: AsyncSession, which: ColumnElement[bool], window: timedelta) -> tuple[int, int]:
    """Returns how many failures ``which`` there were within ``window``, and the seconds until one of them is over."""
    since = now() - window
    query = select(func.count(), func.min(SignInFailure.at)).where(which, SignInFailure.at > since)
    count, oldest = (await session.execute(query)).one()
    return count, int((oldest - since).total_seconds()) + 1 if oldest else 0
