"""Telephone numbers stored under an older address key: found by either key, and moved to the present one when they write.

An opt-out whose conversation was erased is known by its digest alone: it moves when its number writes again.
"""

from collections.abc import Iterable

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from core.database.models import Conversation, NumberUsage, OptOut
from core.privacy.addresses import Addresses


async def move_to_present_digest(session: AsyncSession, addresses: Addresses, numbers: Iterable[str]) -> None:
    """Moves the rows of ``numbers`` (E.164) from older digests to the present one, while the key changes."""
    if not addresses.is_changing:
        return
    for number in sorted(set(numbers)):
        present = addresses.digest(number)
        for older in addresses.older_digests(number):
            await _move_rows(session, older, present)


async def _move_rows(session: AsyncSession, older: str, present: str) -> None:
    """Moves the rows of one digest. An older row stays if ``present`` has one already: neither is known to be right."""
    tables: tuple[type[Conversation] | type[OptOut], ...] = (Conversation, OptOut)
    for table in tables:
        newer = aliased(table)
        await session.execute(
            update(table)
            .where(table.address_digest == older, ~exists(select(newer.address_digest).where(newer.address_digest == present)))
            .values(address_digest=present)
            .execution_options(synchronize_session=False)
        )
    same_day = aliased(NumberUsage)
    counted = exists(select(same_day.day).where(same_day.address_digest == present, same_day.day == NumberUsage.day))
    await session.execute(
        update(NumberUsage)
        .where(NumberUsage.address_digest == older, ~counted)
        .values(address_digest=present)
        .execution_options(synchronize_session=False)
    )
