"""A channel that is switched off: the reply says why, and whom to ask instead."""

from __future__ import annotations

from sqlalchemy import exists, select

from conversations.service_control.board import Board
from conversations.service_control.controls import Set
from conversations.turn_context import TurnContext
from conversations.wording import Wording
from core.channels import traits_of
from core.database import Database
from core.database.models import Reply
from core.turns import Outcome, TextBlock, Turn

WORDS = frozenset({"gateway_switched_off"})


class ChannelOff:
    """A ``Step``: on a channel that is off, says why and whom to ask instead, without the engine.

    Comes after STOP, and after a human who has the conversation and may finish it. A message about a danger still gets the
    emergency numbers.
    """

    def __init__(self, database: Database, board: Board, wording: Wording) -> None:
        wording.require(WORDS)
        self._database, self._board, self._wording = database, board, wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        off = (await self._board.state()).off(context.channel)
        if off is None:
            return None
        if traits_of(context.channel).pays_by_segment and await self._told(context.conversation, off):
            return Turn(outcome=Outcome.FALLBACK)  # a message costs money: once is enough
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
