"""Decisions on an answer that waits for approval: a supervisor approves, replaces or refuses it, or it lapses."""

from collections.abc import Sequence
from contextlib import suppress

import structlog
from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.delivery.opt_outs import stop_message_of
from conversations.events import BLOCKS
from conversations.ports import Rendered
from conversations.record.replies import add_reply
from conversations.signing import new_id
from core.audit import record
from core.database import Database
from core.database.base import now, table
from core.database.models import Conversation, Handoff, HeldAnswer, Reply
from core.database.prepared import Prepared
from core.handoff import UNCLAIMED, Kind, State
from core.turns import ReplyBlock
from supervision.handoffs.handoff_actions import Claim, HandoffActions, Refused, require_claim
from supervision.handoffs.record import open_handoff

WORDS = frozenset({"gateway_check_refused", "gateway_check_lapsed"})

_HELD, _HANDOFFS = table(HeldAnswer).c, table(Handoff).c
_OVERDUE = Prepared(
    select(_HELD.id, _HELD.handoff_id)
    .join(table(Handoff), _HANDOFFS.id == _HELD.handoff_id)
    .where(_HELD.state == "waiting", _HELD.due_at <= bindparam("present"))
    .where(or_(*(_HANDOFFS.state == state for state in UNCLAIMED)))
    .order_by(_HELD.seq)
)

log = structlog.get_logger(__name__)


class AnswerDecisions(HandoffActions):
    """The actions on held answers. The handoff ends with the last of them."""

    async def approve(self, claim: Claim, answer: str) -> str:
        """Sends ``answer`` as it is. Returns the reply's id.

        Raises ``Refused``: ``decided`` (it does not wait any more), ``claimed`` (a colleague has the conversation),
        ``opted_out``, and those of ``require_claim``.
        """
        async with self.transaction(claim.handoff, claim.owner) as (session, row, conversation):
            require_claim(row, claim)
            await _require_no_colleague(session, conversation, claim.owner)
            if await stop_message_of(session, conversation.id) is not None:
                raise Refused("opted_out")
            waiting = await _waiting_answer(session, row, answer)
            reply = Reply(
                id=new_id(),
                conversation_id=conversation.id,
                outcome=waiting.outcome,
                blocks=waiting.blocks,
                entry=waiting.entry,
                entry_version=waiting.entry_version,
                snapshot=waiting.snapshot,
                confidence=waiting.confidence,
                author=claim.owner,
            )
            rest = BLOCKS.validate_python(waiting.rest)
            rendered = Rendered(waiting.text, tuple(waiting.offered), waiting.segments, rest)
            await add_reply(session, conversation, reply, rendered)
            await self._record_decision(session, row, waiting, "approved", claim.owner)
            return reply.id

    async def refuse(self, claim: Claim, answer: str) -> None:
        """Refuses ``answer`` and informs the citizen. Raises ``Refused`` as ``approve`` does, except ``opted_out``."""
        async with self.transaction(claim.handoff, claim.owner) as (session, row, conversation):
            require_claim(row, claim)
            await _require_no_colleague(session, conversation, claim.owner)
            waiting = await _waiting_answer(session, row, answer)
            await self.send_notice(session, conversation, "gateway_check_refused")
            await self._record_decision(session, row, waiting, "refused", claim.owner)

    async def lapse(self, handoff: str, answer: str) -> None:
        """Ends ``answer``, which nobody took in time, and informs the citizen. Raises ``Refused`` if somebody just took it."""
        async with self.transaction(handoff) as (session, row, conversation):
            waiting = await _waiting_answer(session, row, answer)
            if row.state not in UNCLAIMED or waiting.due_at > now():
                raise Refused("claimed", owner=row.owner)
            chat = await open_handoff(session, conversation.id, Kind.CHAT)
            if chat is None or chat.state != State.CLAIMED:  # otherwise a supervisor is talking to them
                await self.send_notice(session, conversation, "gateway_check_lapsed")
            await self._record_decision(session, row, waiting, "lapsed", "service")

    async def replace(
        self,
        session: AsyncSession,
        row: Handoff,
        conversation: Conversation,
        blocks: Sequence[ReplyBlock],
        owner: str,
        answer: str,
    ) -> str:
        """Sends ``blocks`` instead of ``answer``, in the transaction of an action. Returns the reply's id."""
        await _require_no_colleague(session, conversation, owner)
        waiting = await _waiting_answer(session, row, answer)
        reply_id = await self.send_reply(session, conversation, *blocks, author=owner)
        await self._record_decision(session, row, waiting, "changed", owner)
        return reply_id

    async def refuse_all(self, session: AsyncSession, row: Handoff, conversation: Conversation, owner: str) -> None:
        """Refuses all answers that wait under ``row``, which ends; informs the citizen once."""
        await _require_no_colleague(session, conversation, owner)
        await self.send_notice(session, conversation, "gateway_check_refused")
        for waiting in await waiting_answers(session, row.id):
            await self._record_decision(session, row, waiting, "refused", owner)

    async def _record_decision(self, session: AsyncSession, row: Handoff, answer: HeldAnswer, state: str, who: str) -> None:
        answer.state, answer.decided_by, answer.decided_at = state, who, now()
        await session.flush()
        if not await waiting_answers(session, row.id):
            row.state, row.closed_at = State.CLOSED, now()
            await session.flush()
        await record(
            session, actor=who, action=f"answer.{state}", target=f"answer:{answer.id}", details={"entry": answer.entry}
        )


async def waiting_answers(session: AsyncSession, handoff: str) -> Sequence[HeldAnswer]:
    """Returns the answers that wait under ``handoff``, the oldest first."""
    rows = await session.execute(
        select(HeldAnswer).where(HeldAnswer.handoff_id == handoff, HeldAnswer.state == "waiting").order_by(HeldAnswer.seq)
    )
    return rows.scalars().all()


async def lapse_overdue(database: Database, checker: AnswerDecisions) -> int:
    """Ends answers that nobody took in time, and informs their citizens. Returns their number. Every worker runs it; only one
    ends each answer.
    """
    (overdue,) = await database.fetch_in_thread((_OVERDUE, {"present": now()}))
    lapsed = 0
    for answer, handoff in overdue:
        with suppress(Refused):
            await checker.lapse(handoff, answer)
            lapsed += 1
            log.info("held_answer_lapsed", answer=answer)
    return lapsed


async def _waiting_answer(session: AsyncSession, row: Handoff, answer: str) -> HeldAnswer:
    """Returns the named answer, or the first one, under the conversation's lock. Raises ``Refused``."""
    waiting = await waiting_answers(session, row.id)
    chosen = next((waiting_answer for waiting_answer in waiting if answer in (waiting_answer.id, "")), None)
    if chosen is None:
        raise Refused("decided")
    return chosen


async def _require_no_colleague(session: AsyncSession, conversation: Conversation, owner: str) -> None:
    """Raises ``Refused`` if a colleague holds the conversation."""
    chat = await open_handoff(session, conversation.id, Kind.CHAT)
    if chat is not None and chat.state == State.CLAIMED and chat.owner != owner:
        raise Refused("claimed", owner=chat.owner)
