"""What the worker makes of service control: a channel that is off answers so, and by SMS announcements go before a reply."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered, Renderer
from conversations.service_control.board import Board
from conversations.service_control.controls import Set
from conversations.turn_pipeline import TurnContext
from conversations.wording import Wording
from conversations.worker.transactions import LeadingMessage
from core.channels import traits_of
from core.database import Database
from core.database.conflict import insert_into
from core.database.models import Conversation, Reply, Told
from core.turns import NoticeBlock, Outcome, TextBlock, Turn

WORDS = frozenset({"gateway_switched_off", "gateway_announcement", "gateway_emergency"})
# Nothing goes before these: in a danger the numbers to call are read first.
_ALONE = (Outcome.COMMAND, Outcome.SILENT, Outcome.HUMAN, Outcome.CRISIS)


class SwitchedOff:
    """A ``Step``: on a channel that is off nothing is asked of the engine; the citizen is told why, and whom to ask instead.

    Comes after STOP and after a human who has the conversation: they finish it. A danger still gets its numbers.
    """

    def __init__(self, database: Database, board: Board, wording: Wording) -> None:
        wording.require(WORDS)
        self._database, self._board, self._wording = database, board, wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        off = (await self._board.state()).off(context.channel)
        if off is None:
            return None
        if traits_of(context.channel).pays_by_segment and await self._told(context.conversation, off):
            return Turn(outcome=Outcome.FALLBACK)  # it costs: once is enough
        language = context.last_language
        reason, _ = off.words(language)
        about = {"channel": context.channel, "language": language}
        text = self._wording.text("gateway_switched_off", **about, reason=reason)
        return Turn(outcome=Outcome.FALLBACK, blocks=(TextBlock(text=text),))

    async def _told(self, conversation: str, off: Set) -> bool:
        since = exists().where(
            Reply.conversation_id == conversation, Reply.outcome == Outcome.FALLBACK, Reply.created_at >= off.since
        )
        async with self._database.read(brief=True) as session:
            return bool((await session.execute(select(since))).scalar_one())


class Announcements:
    """A ``LeadingMessage``: an announcement goes out before the next reply, once to each number; none goes out by itself."""

    def __init__(self, board: Board, wording: Wording, render: Renderer) -> None:
        wording.require(WORDS)
        self._board, self._wording, self._render = board, wording, render

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]:
        if outcome in _ALONE:
            return ()
        return [
            self._rendered(control, conversation.last_language)
            for control in (await self._board.state()).announcements
            if await _first_time(session, conversation.id, control.id)
        ]

    def _rendered(self, control: Set, language: str) -> Rendered:
        name = "gateway_emergency" if control.name == "emergency" else "gateway_announcement"
        text = self._wording.text(name, channel="sms", language=language, text=control.words(language)[0])
        return self._render((NoticeBlock(text=text),), language=language)


class LeadingMessages:
    """Several leading messages, one after the other."""

    def __init__(self, *leading_messages: LeadingMessage) -> None:
        self._leading_messages = leading_messages

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]:
        return [
            part for leading_message in self._leading_messages for part in await leading_message(session, conversation, outcome)
        ]


async def _first_time(session: AsyncSession, conversation: str, control: str) -> bool:
    told = await session.execute(
        insert_into(session, Told)
        .values(conversation_id=conversation, control_id=control)
        .on_conflict_do_nothing(index_elements=["conversation_id", "control_id"])
        .returning(Told.control_id)
    )
    return told.scalar_one_or_none() is not None
