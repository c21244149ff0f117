"""Takes citizens' SMS into the record, many in one transaction (``conversations.record.batching``), and obeys keywords.

A batch takes the same few statements, however many messages it holds. STOP, START, EFFACER and ENGLISH take effect here: from
the commit on, everything that is still to be sent respects them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.opt_outs import apply_stop_or_start
from conversations.delivery.sms_usage import count_received, local_today
from conversations.intake.call_back_numbers import keep_number, number_in
from conversations.keywords import CHOOSE_LANGUAGE, Keyword, keyword, language_after
from conversations.ports import InboundMessage, Rendered
from conversations.record.address_renewal import move_to_present_digest
from conversations.record.erasure import audit_erasures, erase_rows, seen_digest
from conversations.record.messages import Accepted, insert_messages, mask_message, new_message
from conversations.record.opening import number_row, open_by_number
from conversations.record.replies import add_reply
from conversations.signing import new_id
from core.database.base import now
from core.database.models import Conversation, Message, OptOut, Reply, SeenMessage
from core.privacy.addresses import Addresses
from core.privacy.masking import Masked
from core.turns import Origin, Outcome


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """A verified, parsed SMS, read and masked outside any transaction. ``number``: the telephone number in its text."""

    provider: str
    message: InboundMessage
    origin: Origin
    kept: Masked
    number: str | None

    @classmethod
    def of(cls, provider: str, message: InboundMessage, origin: Origin) -> SmsMessage:
        """Returns ``message`` prepared for intake."""
        return cls(provider, message, origin, mask_message(message.text), number_in(message.text))

    @property
    def dedup(self) -> str:
        return f"sms:{self.provider}:{self.message.external_id}"


class SmsIntake:
    """Takes in batches of SMS.

    ``language``: returns that of a new conversation. ``zone``: in whose days messages are counted.
    """

    def __init__(self, addresses: Addresses, *, language: Callable[[], str], zone: ZoneInfo) -> None:
        self._zone = zone
        self._addresses = addresses
        self._language = language

    async def take_batch(self, session: AsyncSession, batch: Sequence[SmsMessage]) -> Sequence[Accepted]:
        """Takes in ``batch``. Returns one ``Accepted`` for each, in order; the caller commits."""
        await move_to_present_digest(session, self._addresses, [incoming.message.sender for incoming in batch])
        digests = [self._addresses.digest(incoming.message.sender) for incoming in batch]
        conversations = await self._conversations(session, dict(zip(digests, batch, strict=True)))
        erased_dedups, opted_out = await _known(session, [incoming.dedup for incoming in batch], conversations)
        erased: list[str] = []
        for digest, incoming in zip(digests, batch, strict=True):
            if keyword(incoming.message.text) is Keyword.ERASE and incoming.dedup not in erased_dedups:
                previous = conversations[digest]
                conversations[digest] = await self._replace_conversation(session, previous, incoming)
                erased += [previous.id] if conversations[digest] is not previous else []
        rows = [
            new_message(conversations[digest].id, incoming.dedup, incoming.message.external_id, incoming.kept, None)
            for digest, incoming in zip(digests, batch, strict=True)
            if incoming.dedup not in erased_dedups
        ]
        inserted = await insert_messages(session, rows)
        accepted = [
            inserted.get(incoming.dedup) or Accepted(conversations[digest].id, "", 0, fresh=False)
            for digest, incoming in zip(digests, batch, strict=True)
        ]
        await self._apply_keywords(session, list(zip(accepted, digests, batch, strict=True)), conversations, opted_out)
        await audit_erasures(session, erased)
        return accepted

    async def _conversations(self, session: AsyncSession, messages: Mapping[str, SmsMessage]) -> dict[str, Conversation]:
        """Returns the conversations of the numbers ``messages`` (by digest), opened where they are new, and locked.

        The lock makes messages of one conversation commit in the order of their numbers. All callers lock in one order. SQLite
        has one writer anyway.
        """
        opened = await open_by_number(session, [self._row(messages[digest], self._language()) for digest in sorted(messages)])
        conversations = {str(conversation.address_digest): conversation for conversation in opened}
        for digest, conversation in conversations.items():
            incoming = messages[digest]
            if conversation.provider != incoming.provider:  # the administration changed it, or used the simulator before
                conversation.provider, conversation.origin = incoming.provider, incoming.origin
        return conversations

    def _row(self, incoming: SmsMessage, language: str) -> dict[str, object]:
        about = {"origin": incoming.origin, "provider": incoming.provider}
        return number_row(self._addresses, incoming.message.sender, channel="sms", language=language, **about)

    async def _replace_conversation(
        self, session: AsyncSession, conversation: Conversation, incoming: SmsMessage
    ) -> Conversation:
        """Erases ``conversation`` unless this very message has done so; the confirmation goes out from a new conversation."""
        existing = await session.scalar(select(Message.id).where(Message.dedup == incoming.dedup))
        if existing is not None:
            return conversation
        fresh = Conversation(**self._row(incoming, conversation.language))
        session.expunge(conversation)
        await erase_rows(session, [conversation.id])
        session.add(fresh)
        await session.flush()
        return fresh

    async def _apply_keywords(
        self,
        session: AsyncSession,
        batch: Sequence[tuple[Accepted, str, SmsMessage]],
        conversations: Mapping[str, Conversation],
        opted_out: frozenset[str],
    ) -> None:
        received: list[tuple[str, str, str]] = []
        for accepted, digest, incoming in batch:
            if not accepted.fresh:
                continue
            received.append((digest, incoming.provider, conversations[digest].origin))
            conversation, text = conversations[digest], incoming.message.text
            await keep_number(session, self._addresses, conversation.id, incoming.number)
            command = keyword(text)
            if command in CHOOSE_LANGUAGE:
                conversation.language, conversation.spoken = language_after(command, conversation.language), None
            conversation.closing = command is Keyword.ERASE
            if command in (Keyword.STOP, Keyword.START) or digest in opted_out:
                silent = await apply_stop_or_start(session, digest, accepted.id, text)
                opted_out = (opted_out | {digest}) if command is Keyword.STOP else opted_out
                opted_out = (opted_out - {digest}) if command is Keyword.START else opted_out
                if silent:
                    await leave_unanswered(session, conversation, accepted.id)
        await count_received(session, received, local_today(self._zone))


async def leave_unanswered(session: AsyncSession, conversation: Conversation, message: str) -> None:
    """Closes ``message`` with ``silent``: there is no text, and the choices offered stay as they are."""
    await session.execute(update(Message).where(Message.id == message).values(outcome=Outcome.SILENT, handled_at=now()))
    reply = Reply(id=new_id(), conversation_id=conversation.id, in_reply_to=message, outcome=Outcome.SILENT, blocks=[])
    await add_reply(session, conversation, reply, Rendered(""), aside=True)


async def _known(
    session: AsyncSession, dedups: Sequence[str], address_digests: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Returns the ``dedups`` whose message was received once and erased since, and the numbers that opted out."""
    digests = {seen_digest(dedup): dedup for dedup in dedups}
    seen = select(literal("seen"), SeenMessage.digest).where(SeenMessage.digest.in_(digests))
    silent = select(literal("stop"), OptOut.address_digest).where(
        OptOut.address_digest.in_(address_digests), OptOut.lifted_at.is_(None)
    )
    rows = (await session.execute(seen.union_all(silent))).all()
    erased_dedups = frozenset(digests[digest] for kind, digest in rows if kind == "seen")
    return erased_dedups, frozenset(digest for kind, digest in rows if kind == "stop")
