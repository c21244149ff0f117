"""Access to one person's data: every row that refers to their conversation, found by foreign keys, so that none is missed."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.record.address_renewal import move_to_present_digest
from conversations.record.erasure import erasure_target
from core.audit import record
from core.audit.ledger import ERASED, REPLAYED
from core.database import Database
from core.database.base import Base
from core.database.models import AuditRow, Conversation, ErasedConversation, NumberUsage, OptOut
from core.privacy.addresses import Addresses
from core.privacy.receipts import receipt_of
from core.settings import Settings

_ENCRYPTED = {("conversations", "address"), ("handoffs", "number"), ("phone_copies", "number")}
_BY_NUMBER = (NumberUsage, OptOut)
_WITH_PERSON = frozenset({"conversations", "messages", "replies", "handoffs"})  # rows that refer to these are the person's


async def export_personal_data(settings: Settings, *, conversation: str, number: str) -> dict[str, Any] | None:
    """Returns all rows of ``conversation``, or of that of a telephone ``number`` (E.164), by table; ``None`` if there are none.

    Numbers are decrypted: this is for the person concerned. The request is written to the audit.
    """
    addresses = Addresses(*settings.address_keys)
    async with Database(settings.sql_url) as database:
        digest = await _digest_of(database, addresses, number) if number else None
        async with database.read() as session:
            which = Conversation.address_digest == digest if number else Conversation.id == conversation
            conversation_row = (
                await session.execute(select(Conversation.id, Conversation.address_digest).where(which))
            ).one_or_none()
            tables: dict[str, Any] = {}
            if conversation_row is not None:
                digest = conversation_row.address_digest
                tables = await _rows_of_person(session, conversation_row.id, addresses)
            for table in _BY_NUMBER if digest else ():
                rows = await session.execute(select(table.__table__).where(table.__table__.c.address_digest == digest))
                tables[table.__tablename__] = [_readable(table.__tablename__, dict(row), addresses) for row in rows.mappings()]
        tables = {name: rows for name, rows in tables.items() if rows}
        if not tables:
            return None
        async with database.write() as session:
            target = f"conversation:{conversation_row.id}" if conversation_row is not None else "number"
            await record(session, actor="operator", action="privacy.exported", target=target)
        return tables


async def conversation_of(settings: Settings, number: str) -> str | None:
    """Returns the conversation of a telephone number. A person who asks by letter for erasure knows the number, not the id."""
    addresses = Addresses(*settings.address_keys)
    async with Database(settings.sql_url) as database:
        digest = await _digest_of(database, addresses, re.sub(r"[\s.()-]", "", number))
        async with database.read() as session:
            return await session.scalar(select(Conversation.id).where(Conversation.address_digest == digest))


async def erased_at(settings: Settings, receipt: str) -> datetime | None:
    """Returns when the conversation with this ``receipt`` was erased."""
    receipt = receipt.strip().upper()
    async with Database(settings.sql_url) as database, database.read() as session:
        audit_rows = await session.execute(
            select(AuditRow.at, AuditRow.details)
            .where(AuditRow.action == ERASED, AuditRow.target == erasure_target(receipt))
            .order_by(AuditRow.seq)
            .limit(1)
        )
        at: datetime
        for at, details in audit_rows:
            before = orjson.loads(details).get(REPLAYED)  # the original time, if a restore has erased it again
            return datetime.fromisoformat(before) if before else at
        # Erasures from before the audit recorded them.
        rows = await session.stream(select(ErasedConversation.conversation_id, ErasedConversation.erased_at))
        async for identifier, at in rows:
            if receipt_of(identifier) == receipt:
                return at
    return None


async def _digest_of(database: Database, addresses: Addresses, number: str) -> str:
    """Returns the digest by which the database knows ``number`` (E.164), also while the address key is being changed."""
    async with database.write() as session:
        await move_to_present_digest(session, addresses, [number])
    return addresses.digest(number)


async def _rows_of_person(session: AsyncSession, conversation: str, addresses: Addresses) -> dict[str, Any]:
    """Returns the rows of the conversation and, in the order of foreign keys, all rows that refer to rows already found."""
    tables: dict[str, list[Mapping[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "conversations":
            where = [table.c.id == conversation]
        else:
            where = [
                key.parent.in_([row[key.column.name] for row in tables[key.column.table.name]])
                for key in table.foreign_keys
                if key.column.table.name in _WITH_PERSON.intersection(tables) - {table.name}
            ]
        if where:
            rows = (await session.execute(select(table).where(where[0]))).mappings().all()
            tables[table.name] = [dict(row) for row in rows]
    return {name: [_readable(name, row, addresses) for row in rows] for name, rows in tables.items()}


def _readable(table: str, row: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    def plain(name: str, value: Any) -> Any:
        if (table, name) in _ENCRYPTED and value is not None:
            return addresses.decrypt(value)
        match value:
            case datetime() | date():
                return value.isoformat()
            case bytes():
                return None
            case _:
                return value

    return {str(name): plain(str(name), value) for name, value in row.items()}
