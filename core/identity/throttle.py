"""Holding off who guesses passwords, without locking out who owns the account.

Failures are counted by account and address together, by address, and by account. Only the first two hold off a browser in
which the person has signed in before: whoever guesses from elsewhere, from however many addresses, never closes that door.
An IPv6 address counts by its /64, which one subscriber has to themselves.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.database.advisory import hold
from core.database.base import now
from core.database.models import SignInFailure
from core.identity.errors import HeldOff
from core.identity.vault import Vault
from core.web.network import network

_WINDOW = timedelta(minutes=15)
_KEPT = timedelta(days=1)
_PAIR, _ADDRESS, _ACCOUNT = 5, 30, 50  # failures within the window


async def in_turn(session: AsyncSession, vault: Vault, *, address: str) -> None:
    """Until this transaction ends nobody else from ``address`` is checked or counted: who tries many accounts at once has no
    more tries than one after another."""
    await hold(session, vault.digest(network(address)))


async def check(session: AsyncSession, vault: Vault, *, email: str, address: str, known: bool) -> None:
    """Raise ``HeldOff`` if this account, or this address, has failed too often of late."""
    account, origin = vault.digest(email), vault.digest(network(address))
    pair = (SignInFailure.account == account) & (SignInFailure.address == origin)
    await _held(session, pair & SignInFailure.known.is_(known), _PAIR)
    if not known:
        await _held(session, SignInFailure.address == origin, _ADDRESS)
        await _held(session, (SignInFailure.account == account) & SignInFailure.known.is_(False), _ACCOUNT)


async def note(session: AsyncSession, vault: Vault, *, email: str, address: str, known: bool) -> int:
    """Count a failure; the number by which it can be taken back."""
    present = now()
    await session.execute(delete(SignInFailure).where(SignInFailure.at < present - _KEPT))
    failure = SignInFailure(account=vault.digest(email), address=vault.digest(network(address)), known=known, at=present)
    session.add(failure)
    await session.flush()
    return failure.seq


async def take_back(session: AsyncSession, failure: int) -> None:
    """It was none."""
    await session.execute(delete(SignInFailure).where(SignInFailure.seq == failure))


async def forget(session: AsyncSession, vault: Vault, *, email: str, address: str) -> None:
    """The person has shown who they are: their own slips from this address no longer count."""
    await session.execute(
        delete(SignInFailure).where(
            SignInFailure.account == vault.digest(email), SignInFailure.address == vault.digest(network(address))
        )
    )


async def _held(session: AsyncSession, which: ColumnElement[bool], most: int) -> None:
    since = now() - _WINDOW
    query = select(func.count(), func.min(SignInFailure.at)).where(which, SignInFailure.at > since)
    count, oldest = (await session.execute(query)).one()
    if count >= most:
        raise HeldOff(int((oldest - since).total_seconds()) + 1)
