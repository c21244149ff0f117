"""Asks the dialogue engine, and asks again if it missed a wish for a human or a danger."""

from dataclasses import replace

from conversations.engine.rasa_client import EngineRequest, RasaClient
from conversations.turn_context import TurnContext
from conversations.turns.care import CareReplies
from conversations.turns.search_prefetch import SearchPrefetch
from core.care import Care, uncertain_alert
from core.text.analysis import analyse
from core.text.wants_human import wants_human
from core.turns import Outcome, Turn

# Texts that come without a human.
_NO_HUMAN = frozenset(
    {Outcome.SMALL_TALK, Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE}
)


class Dialogue:
    """A ``Step`` that always ends the turn. Raises ``EngineUnavailable`` and ``EngineRefused``.

    ``prefetch`` begins the search for the text early.
    """

    def __init__(self, engine: RasaClient, care: CareReplies, prefetch: SearchPrefetch) -> None:
        self._engine, self._care, self._prefetch = engine, care, prefetch

    async def __call__(self, context: TurnContext) -> Turn:
        request = self._request(context)
        turn = await self._ask(context, request)
        # A wish for a human is fulfilled, whatever intent the engine found.
        if turn.outcome in _NO_HUMAN and request.text and await analyse(wants_human, request.text):
            turn = await self._ask(context, _as_enquiry(context, request))
        return await self._with_numbers(context, request, turn) if turn.care else turn

    def _request(self, context: TurnContext) -> EngineRequest:
        payload = context.payload or context.chosen_payload
        danger = not payload and context.danger is not None
        return EngineRequest(
            conversation=context.conversation,
            message_id=context.message_id,
            channel=context.channel,
            language=context.reply_language,
            text=None if payload else self._care.in_page_terms(context.text) if danger else context.text,
            payload=payload,
            number=context.number_hint,
            enquiry=danger,
        )

    async def _with_numbers(self, context: TurnContext, request: EngineRequest, turn: Turn) -> Turn:
        """Returns the turn with numbers for a danger that only the engine recognised, or with condolences for a death."""
        alert = uncertain_alert((Care(turn.care),), request.language)
        if self._care.mourning_language(context.text):
            alert = replace(alert, answer_too=True)
        if alert.answer_too:
            turn = await self._ask(context, _as_enquiry(context, request))
        return self._care.put_numbers_first(alert, turn, channel=context.channel, language=request.language)

    async def _ask(self, context: TurnContext, request: EngineRequest) -> Turn:
        with self._prefetch.begin_search(request):
            return await self._engine.turn(request, deadline=context.deadline.engine)


def _as_enquiry(context: TurnContext, request: EngineRequest) -> EngineRequest:
    """Returns ``request`` to be asked once more, as a question to the pages or for a human."""
    return request.model_copy(update={"message_id": f"{context.message_id}-answer", "enquiry": True})
