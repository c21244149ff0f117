"""Long messages whose provider sends their parts separately: encrypted and kept until all parts are there or no more are
expected.

Parts come in any order, twice, and sometimes not at all. A part is acknowledged once it is committed; a message is taken in
once it is complete. An incomplete message is finally taken in as it is: the reply can ask for the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import orjson
import structlog
from cryptography.fernet import InvalidToken
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import InboundMessage, InboundPart
from conversations.record.erasure import seen_digest
from core.database import Database
from core.database.base import now, table
from core.database.conflict import insert_if_absent
from core.database.models import Message, MessagePart, SeenMessage
from core.database.prepared import Prepared
from core.privacy.addresses import Addresses

GAP = " […] "  # in place of a missing part
MISSING_PART_TIMEOUT = timedelta(seconds=60)  # operators deliver the parts of a message within seconds of each other

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AssembledMessage:
    """A message assembled from parts; ``group`` is the key under which those are kept."""

    provider: str
    group: str
    message: InboundMessage


class MessageParts:
    """Keeps parts and returns complete messages. ``delete_parts`` deletes the parts of a message."""

    def __init__(self, database: Database, addresses: Addresses) -> None:
        self._database = database
        self._addresses = addresses

    async def add(self, provider: str, part: InboundPart) -> AssembledMessage | None:
        """Keeps ``part``. Returns the complete message if it was the last one missing. Committed when this returns."""
        message = part.message
        group = self._addresses.digest(f"{provider} {message.sender} {part.reference} {part.total}")
        async with self._database.write() as session:
            dedup = f"sms:{provider}:{message.external_id}"
            seen = await session.get(SeenMessage, seen_digest(dedup))
            if seen or await session.scalar(select(Message.id).where(Message.dedup == dedup)):
                return None  # its message was complete long ago
            content = [message.external_id, message.sender, message.recipient, message.text]
            await insert_if_absent(
                session,
                MessagePart,
                group_digest=group,
                part=part.part,
                total=part.total,
                provider=provider,
                content=self._addresses.encrypt(orjson.dumps(content).decode()),
            )
            rows = await _group(session, group)
        return AssembledMessage(provider, group, self._join(rows)) if len(rows) == part.total else None

    async def incomplete(self) -> Sequence[AssembledMessage]:
        """Returns messages whose missing parts are not expected any more. Deletes parts that no key decrypts any more."""
        (overdue,) = await self._database.fetch_in_thread((_OVERDUE, {"patient": now() - MISSING_PART_TIMEOUT}))
        if not overdue:
            return []
        async with self._database.read() as session:
            groups = {group: await _group(session, group) for (group,) in overdue}
        assembled: list[AssembledMessage] = []
        unreadable: list[str] = []
        for group, rows in groups.items():
            try:
                assembled += [AssembledMessage(rows[0].provider, group, self._join(rows))] if rows else []
            except InvalidToken:
                unreadable.append(group)
        if unreadable:
            log.error("message_parts_unreadable", groups=len(unreadable))
            async with self._database.write() as session:
                await session.execute(delete(MessagePart).where(MessagePart.group_digest.in_(unreadable)))
        return assembled

    async def delete_parts(self, assembled: AssembledMessage) -> None:
        """Deletes the parts of ``assembled``, which is in the record. A copy of one of them is recognised from now on."""
        async with self._database.write() as session:
            for row in await _group(session, assembled.group):
                identifier = self._decrypt(row).external_id
                if identifier != assembled.message.external_id:  # that id is the message's own, recognised by its row
                    digest = seen_digest(f"sms:{assembled.provider}:{identifier}")
                    await insert_if_absent(session, SeenMessage, digest=digest, erased_at=now())
            await session.execute(delete(MessagePart).where(MessagePart.group_digest == assembled.group))

    def _join(self, rows: Sequence[MessagePart]) -> InboundMessage:
        """Returns one message from the available parts, with the id of the first of them."""
        by_part = {row.part: self._decrypt(row) for row in rows}
        texts = [by_part[number].text if number in by_part else GAP for number in range(1, rows[0].total + 1)]
        return replace(by_part[min(by_part)], text="".join(texts))

    def _decrypt(self, row: MessagePart) -> InboundMessage:
        external_id, sender, recipient, text = orjson.loads(self._addresses.decrypt(row.content))
        return InboundMessage(external_id, sender, text, recipient)


# Built once: the query runs every second.
_PARTS = table(MessagePart).c
_OVERDUE = Prepared(
    select(_PARTS.group_digest).group_by(_PARTS.group_digest).having(func.min(_PARTS.received_at) < bindparam("patient"))
)


async def _group(session: AsyncSession, group: str) -> Sequence[MessagePart]:
    rows = await session.execute(select(MessagePart).where(MessagePart.group_digest == group).order_by(MessagePart.part))
    return rows.scalars().all()
