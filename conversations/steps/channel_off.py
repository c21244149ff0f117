"""The step of a channel that an operator has switched off."""

from sqlalchemy import exists, select

from conversations.service_control.controls import ActiveControl, ServiceStateCache
from conversations.turn_context import TurnContext
from conversations.turns.text_turn import text_turn
from conversations.wording import Wording
from core.channels import traits_of
from core.database import Database
from core.database.models import Reply
from core.turns import Outcome, Turn

WORDS = frozenset({"gateway_switched_off"})


class ChannelOff:
    """A ``Step``: on a channel that is off, says why and whom to ask instead, without the engine.

    It comes after STOP, and after a human who has the conversation and may finish it. A message about a danger still gets the
    emergency numbers.
    """

    def __init__(self, database: Database, controls: ServiceStateCache, wording: Wording) -> None:
        wording.require(WORDS)
        self._database, self._controls, self._wording = database, controls, wording

    async def __call__(self, context: TurnContext) -> Turn | None:
        off = (await self._controls.state()).off(context.channel)
        if off is None:
            return None
        if traits_of(context.channel).pays_by_segment and await self._already_said(context.conversation, off):
            return Turn(outcome=Outcome.FALLBACK)  # a message costs money: once is enough
        reason, _ = off.text_in(context.last_language)
        return text_turn(self._wording, context, "gateway_switched_off", Outcome.FALLBACK, reason=reason)

    async def _already_said(self, conversation: str, off: ActiveControl) -> bool:
        since = exists().where(
            Reply.conversation_id == conversation, Reply.outcome == Outcome.FALLBACK, Reply.created_at >= off.since
        )
        async with self._database.read(brief=True) as session:
            return bool((await session.execute(select(since))).scalar_one())
