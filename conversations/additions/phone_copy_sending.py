"""Sends a phone copy in the transaction that commits the turn: queues the SMS and deletes the number."""

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.opt_outs import has_opted_out
from conversations.delivery.sms_usage import copies_on, count_copy, local_today, usage_on
from conversations.events import dump_blocks, read_blocks
from conversations.ports import Renderer, is_simulated
from conversations.record.address_renewal import move_to_present_digest
from conversations.record.opening import number_row, open_by_number
from conversations.record.phone_copies import pending_copy
from conversations.record.replies import add_reply
from conversations.signing import new_id
from conversations.steps.sms_limits import is_served
from conversations.turn_contracts import LeadingMessage
from conversations.wording import Wording
from core.database.models import Conversation, Message, PhoneCopy, Reply
from core.privacy.addresses import Addresses
from core.settings import Settings
from core.turns import AnswerBlock, Origin, Outcome, ReplyBlock, TextBlock, Turn

WORDS = frozenset({"copy_expired", "copy_refused", "copy_sent", "copy_sms"})

log = structlog.get_logger(__name__)


class CopySending:
    """A ``BeforeCommit``. ``provider`` carries the copy by ``channel``, and ``render`` writes it.

    ``settings`` limit the copies to one number in a day, and to all numbers together (0: no limit).
    """

    def __init__(
        self,
        wording: Wording,
        addresses: Addresses,
        settings: Settings,
        *,
        channel: str,
        provider: str,
        render: Renderer,
        leading_message: LeadingMessage,
    ) -> None:
        wording.require(WORDS)
        self._wording, self._addresses = wording, addresses
        self._settings, self._zone = settings, settings.opening.zone
        self._channel, self._provider, self._render, self._leading_message = channel, provider, render, leading_message

    async def __call__(self, session: AsyncSession, conversation: Conversation, message: Message, turn: Turn) -> Turn:
        """Returns ``turn``, or another text where the copy cannot be sent."""
        if turn.phone_copy is None:
            return turn
        match turn.phone_copy.want:
            case "ask":
                await self._arrange(session, conversation, turn.phone_copy.reply)
                return turn
            case "drop":
                await _delete_arrangement(session, conversation)
                return turn
            case "send":
                return await self._send(session, conversation)

    async def _arrange(self, session: AsyncSession, conversation: Conversation, reply: str) -> None:
        await _delete_arrangement(session, conversation)
        session.add(PhoneCopy(conversation_id=conversation.id, reply_id=reply))
        await session.flush()

    async def _send(self, session: AsyncSession, conversation: Conversation) -> Turn:
        row = await pending_copy(session, conversation.id)
        shown = await session.scalar(select(Reply).where(Reply.id == row.reply_id)) if row else None
        if row is None or row.number is None or shown is None:
            return self._say(conversation, "copy_expired")
        number, hint = self._addresses.decrypt(row.number), row.number_hint
        await _delete_arrangement(session, conversation)
        await move_to_present_digest(session, self._addresses, [number])
        digest = self._addresses.digest(number)
        # The same sentence in all three cases: the website must not reveal, for example, that a telephone has sent STOP.
        if (
            not is_served(number, self._settings)
            or await has_opted_out(session, digest)
            or not await self._count_copy(session, digest)
        ):
            return self._say(conversation, "copy_refused")
        sms_conversation = await self._open_sms_conversation(session, conversation, number)
        title = next((block.title for block in read_blocks(shown) if isinstance(block, AnswerBlock)), "")
        lead = TextBlock(
            text=self._wording.text("copy_sms", channel=self._channel, language=sms_conversation.language, title=title)
        )
        blocks: tuple[ReplyBlock, ...] = (lead, *(block for block in read_blocks(shown) if isinstance(block, AnswerBlock)))
        copy = Reply(
            id=new_id(),
            conversation_id=sms_conversation.id,
            outcome=Outcome.ANSWERED,
            blocks=dump_blocks(blocks),
            entry=shown.entry,
            entry_version=shown.entry_version,
            snapshot=shown.snapshot,
        )
        before = await self._leading_message(session, sms_conversation, Outcome.ANSWERED)
        await add_reply(session, sms_conversation, copy, self._render(blocks, language=sms_conversation.language), before)
        return self._say(conversation, "copy_sent", hint=hint)

    async def _count_copy(self, session: AsyncSession, digest: str) -> bool:
        """Counts one copy to a number. Returns false if the daily limit of its copies or segments, or of all copies, is
        reached.
        """
        settings, today = self._settings, local_today(self._zone)
        all_copies = settings.sms_service_copies_per_day
        if all_copies and await copies_on(session, today) >= all_copies:
            log.warning("sms_copies_spent", copies=all_copies)
            return False
        usage = await usage_on(session, digest, today)
        if usage.copies >= settings.sms_copies_per_day or usage.segments > settings.sms_segments_per_day:
            return False
        await count_copy(session, digest, today)
        return True

    async def _open_sms_conversation(self, session: AsyncSession, web: Conversation, number: str) -> Conversation:
        """Returns the SMS conversation of ``number``, locked. Opens one if there is none."""
        row = number_row(
            self._addresses,
            number,
            channel=self._channel,
            origin=Origin.SIMULATOR if is_simulated(self._provider) else web.origin,
            language=web.language,
            provider=self._provider,
        )
        (conversation,) = await open_by_number(session, [row])
        return conversation

    def _say(self, conversation: Conversation, name: str, **values: object) -> Turn:
        text = self._wording.text(name, channel=conversation.channel, language=conversation.language, **values)
        return Turn(outcome=Outcome.SMALL_TALK, blocks=(TextBlock(text=text),))


async def _delete_arrangement(session: AsyncSession, conversation: Conversation) -> None:
    """Deletes the arrangement and the number in it, if there is one."""
    row = await session.get(PhoneCopy, conversation.id)
    if row is not None:
        await session.delete(row)
        await session.flush()
