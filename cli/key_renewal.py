"""Re-encrypts the database under the present keys, so that a replaced key can be removed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from conversations.record.address_renewal import move_to_present_digest
from core.audit import record
from core.database import Database
from core.database.models import Conversation, Handoff, OptOut, PhoneCopy, StaffRow, StaffSession, Webhook
from core.identity.vault import Vault
from core.privacy.addresses import Addresses
from core.settings import Settings

_BATCH = 500  # rows of one transaction; messages are accepted in between


@dataclass(frozen=True, slots=True)
class Renewed:
    """The result. ``values``: values now under the present keys. ``numbers``: numbers moved to the present digest.

    ``stops_left``: STOPs that only the old key can recognise.
    """

    values: int
    numbers: int
    stops_left: int


async def renew(settings: Settings) -> Renewed:
    """Re-encrypts the whole database under ``secret_key`` and ``address_key``. It can be interrupted and repeated."""
    vault, addresses = Vault(*settings.secret_keys), Addresses(*settings.address_keys)
    async with Database(settings.sql_url) as database:
        numbers = await _move_numbers(database, addresses)
        values = 0
        for column in (Conversation.address, Handoff.number, PhoneCopy.number):
            values += await _reencrypt_column(database, column, addresses.re_encrypted)
        for column in (StaffRow.totp, StaffSession.pending, StaffSession.id_token, Webhook.secret):
            values += await _reencrypt_column(database, column, vault.re_encrypted)
        async with database.write() as session:
            known = select(Conversation.address_digest).where(Conversation.address_digest.is_not(None))
            left = select(func.count()).select_from(OptOut).where(OptOut.address_digest.not_in(known))
            stops = int(await session.scalar(left) or 0) if addresses.is_changing else 0
            await record(session, actor="operator", action="keys.renewed", target="record", details={"values": values})
        return Renewed(values, numbers, stops)


async def _move_numbers(database: Database, addresses: Addresses) -> int:
    """Moves numbers to the present digest. This comes before the numbers themselves, because a row with the old digest still
    has a number under the old key.
    """
    if not addresses.is_changing:
        return 0
    moved, after = 0, ""
    while True:
        async with database.write() as session:
            query = select(Conversation.id, Conversation.address, Conversation.address_digest)
            query = (
                query.where(Conversation.address.is_not(None), Conversation.id > after).order_by(Conversation.id).limit(_BATCH)
            )
            rows = (await session.execute(query)).all()
            known = [(addresses.decrypt(address), digest) for _, address, digest in rows if address is not None]
            old = [number for number, digest in known if digest != addresses.digest(number)]
            await move_to_present_digest(session, addresses, old)
            moved += len(old)
        if not rows:
            return moved
        after = rows[-1].id


async def _reencrypt_column(
    database: Database, column: InstrumentedAttribute[Any], renewed: Callable[[bytes], bytes | None]
) -> int:
    """Re-encrypts the values of ``column``. Returns how many were under another key."""
    table = column.class_
    key: InstrumentedAttribute[Any] = getattr(table, table.__mapper__.primary_key[0].name)
    changed, beyond = 0, column.is_not(None)
    while True:
        async with database.write() as session:
            batch = select(key, column).where(column.is_not(None), beyond).order_by(key).limit(_BATCH).with_for_update()
            rows = (await session.execute(batch)).all()
            for identifier, value in rows:
                if (fresh := renewed(value)) is not None:
                    await session.execute(update(table).where(key == identifier).values({column.key: fresh}))
                    changed += 1
        if not rows:
            return changed
        beyond = key > rows[-1][0]
