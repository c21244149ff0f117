"""Announcements and emergencies, sent before a reply on channels that have no page to show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.ports import Rendered, Renderer
from conversations.service_control.board import Board
from conversations.service_control.controls import Set
from conversations.wording import Wording
from core.database.conflict import insert_into
from core.database.models import Conversation, Told
from core.turns import NoticeBlock, Outcome

WORDS = frozenset({"gateway_announcement", "gateway_emergency"})
# Nothing goes before these: in a danger the emergency numbers are read first.
_ALONE = (Outcome.COMMAND, Outcome.SILENT, Outcome.HUMAN, Outcome.CRISIS)


class Announcements:
    """A ``LeadingMessage``: sent once to each conversation, before its next reply; never sent alone.

    ``renderers``: by channel.
    """

    def __init__(self, board: Board, wording: Wording, renderers: Mapping[str, Renderer]) -> None:
        wording.require(WORDS)
        self._board, self._wording, self._renderers = board, wording, renderers

    async def __call__(self, session: AsyncSession, conversation: Conversation, outcome: Outcome) -> Sequence[Rendered]:
        if outcome in _ALONE:
            return ()
        return [
            self._rendered(control, conversation)
            for control in (await self._board.state()).announcements
            if await _first_time(session, conversation.id, control.id)
        ]

    def _rendered(self, control: Set, conversation: Conversation) -> Rendered:
        name = "gateway_emergency" if control.name == "emergency" else "gateway_announcement"
        channel, language = conversation.channel, conversation.last_language
        text = self._wording.text(name, channel=channel, language=language, text=control.words(language)[0])
        return self._renderers[channel]((NoticeBlock(text=text),), language=language)


async def _first_time(session: AsyncSession, conversation: str, control: str) -> bool:
    told = await session.execute(
        insert_into(session, Told)
        .values(conversation_id=conversation, control_id=control)
        .on_conflict_do_nothing(index_elements=["conversation_id", "control_id"])
        .returning(Told.control_id)
    )
    return told.scalar_one_or_none() is not None
