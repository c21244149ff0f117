"""Correction of a bot's answer after it was sent: the citizen receives it if they are still there."""

from datetime import timedelta

from sqlalchemy import select

from conversations.delivery.opt_outs import stop_message_of
from core.audit import record
from core.database.base import now
from core.database.models import Conversation, Correction, Reply
from core.turns import NoticeBlock, TextBlock
from supervision.handoffs.handoff_actions import HandoffActions
from supervision.handoffs.record import lock_conversation

STILL_THERE = timedelta(days=2)  # since the last change of the conversation; a later message would come too late to help
WORDS = frozenset({"gateway_correction"})


class Corrector(HandoffActions):
    """Corrects replies. See ``HandoffActions`` for the parameters."""

    required_texts = WORDS

    async def correct(self, reply: str, text: str, author: str) -> str | None:
        """Sends ``text`` as the correction of ``reply``. Returns why it was not sent, or ``None`` if it was.

        The reasons: ``unknown``, ``corrected`` (already), ``gone`` (the citizen is not there any more), ``opted_out``.
        """
        async with self._database.write() as session:
            row = (await session.execute(select(Reply).where(Reply.id == reply))).scalar_one_or_none()
            if row is None:
                return "unknown"
            conversation = await session.get_one(Conversation, row.conversation_id)
            last = conversation.last_at
            if not await lock_conversation(session, conversation.id):
                return "unknown"
            if await session.get(Correction, reply) is not None:
                return "corrected"
            if now() - last > STILL_THERE or conversation.closing:
                return "gone"
            if await stop_message_of(session, conversation.id) is not None:
                return "opted_out"
            about = {"channel": conversation.channel, "language": conversation.language}
            notice = NoticeBlock(text=self._wording.text("gateway_correction", **about))
            correction = await self.send_reply(session, conversation, notice, TextBlock(text=text), author=author)
            session.add(Correction(reply_id=reply, correction_id=correction, author=author))
            await session.flush()
            await record(session, actor=author, action="reply.corrected", target=f"reply:{reply}")
        await self._event_bus.notify(conversation.id, "reply")
        return None
