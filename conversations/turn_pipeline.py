"""One message's way to its turn: a list of steps, any of which may end it; whatever goes wrong becomes a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import structlog

from conversations.engine.rasa_client import ActionsUnavailable, EngineRefused, EngineRequest, EngineUnavailable, RasaClient
from conversations.turns.care import MOURNING, CareReplies
from conversations.turns.care import WORDS as CARE_WORDS
from conversations.turns.choices import names_no_choice
from conversations.turns.conversation_commands import ConversationCommands
from conversations.turns.deadline import Deadline
from conversations.turns.degraded_mode import DegradedMode
from conversations.turns.framing import CARD_WORDS, framed
from conversations.turns.search_prefetch import SearchPrefetch
from conversations.wording import FRAMES, Wording
from core.care import Alert, Asked, Care, Meant, by_meaning, load_detector, told
from core.channels import traits_of
from core.languages import LANGUAGES
from core.privacy.masking import Masked
from core.text.reading import read
from core.text.wants_human import wants_human
from core.turns import NoticeBlock, Outcome, TextBlock, Turn

MAX_ATTEMPTS = 3  # a message that takes its worker down is not begun for ever
_LOOKUP_SECONDS = 2.5  # at most, of what is left of a turn
_LEAST_LOOKUP_SECONDS = 0.5  # who waited for room at an engine that answers has nothing left
_WRITING_SECONDS = 0.2  # of a turn, for writing its reply down
_AT_ONCE = 32  # turns under way in a worker
# Words. Cut to their first or last three, four and five words, messages of tests/evaluation/languages are taken for French in
# .082, .039 and .034 of all cases where French is expected, in .009, .009 and .004 where their own language is; of French ones
# .141, .040 and .015 are taken for English after English, nearly all without a single small word ("smic 2020 brut").
_TELLS_NO_LANGUAGE = 5

WORDS = frozenset(
    {
        "gateway_fallback",
        "gateway_blank",
        "gateway_choice_unknown",
        "gateway_choice_unshown",
        "gateway_text_only",
        "gateway_too_long",
        "gateway_personal_data",
        "gateway_personal_data_only",
        *CARE_WORDS,
        *CARD_WORDS,
    }
)

# What is said without a human.
_NO_HUMAN = frozenset(
    {Outcome.SMALL_TALK, Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE}
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class TurnContext:
    """A message to answer, with what the record knows of its conversation.

    ``payload``: of the button that was pressed; ``picked``: of the one that ``text`` names by its number or its label.
    ``number``: what may be shown of the telephone number in it that is kept for a call, if one is. ``language``: the one that
    the citizen chose; ``spoken``: the one in which they wrote last. ``asked``: a telephone number came where a yes or a no was
    asked for. ``unshown``: the last SMS had room for none of its choices. ``judged``: ``alert`` is what ``text`` calls for
    by its meaning too; else its patterns tell.
    """

    message_id: str
    conversation: str
    channel: str
    language: str
    text: str
    payload: str | None
    masked: tuple[str, ...]
    offered: tuple[str, ...]
    attempts: int
    deadline: Deadline
    number: str = ""
    picked: str | None = None
    spoken: str = ""
    asked: bool = False
    unshown: bool = False
    judged: bool = False
    alert: Alert | None = None

    @property
    def last_language(self) -> str:
        """The language to answer in where the message tells none, as ``Conversation.last_language``."""
        return self.spoken or self.language


class Step(Protocol):
    """Ends the turn, or passes (``None``). Other parts add theirs: SMS commands, a handoff under way."""

    async def __call__(self, context: TurnContext) -> Turn | None: ...


# The names of what was said of a danger or a death shortly before, in a conversation.
type Recall = Callable[[str], Awaitable[tuple[str, ...]]]


async def _nothing_before(_: str) -> tuple[str, ...]:
    return ()


# What a message's sentences are about, by their meaning.
type Judge = Callable[[Asked], Awaitable[Meant]]


async def _nobody(_: Asked) -> Meant:
    return Meant(confirmed=True)


class TurnPipeline:
    """Answers messages. ``before`` are steps of other parts; they come first: STOP is obeyed, whatever else is to say.

    ``detect(text, expected)`` tells a text's language: whoever writes in another one than they chose is answered in it, where
    there is wording for it. ``commands`` carries out what the dialogue leaves to the record. ``degraded_mode`` looks texts
    up while the engine is away; ``prefetch`` has their search begin early.
    """

    def __init__(
        self,
        engine: RasaClient,
        wording: Wording,
        *,
        max_chars: int,
        before: Sequence[Step] = (),
        detect: Callable[[str, str], str] = lambda _, expected: expected,
        degraded_mode: DegradedMode | None = None,
        prefetch: SearchPrefetch | None = None,
        commands: ConversationCommands | None = None,
        recall: Recall = _nothing_before,
        judge: Judge = _nobody,
    ) -> None:
        wording.require(WORDS)
        self._commands, self._recall, self._judge = commands, recall, judge
        self._engine = engine
        self._wording = wording
        self._max_chars = max_chars
        self._care = CareReplies(load_detector(), wording)
        self._detect = lru_cache(maxsize=_AT_ONCE)(detect)
        self._degraded_mode, self._prefetch = degraded_mode, prefetch
        self._steps: tuple[Step, ...] = (
            self._poison,
            *before,
            self._blank,
            self._danger,
            self._since_danger,
            self._too_long,
            self._personal,
            self._no_choice,
            self._dialogue,
        )

    async def answer(self, context: TurnContext) -> Turn:
        """Returns the turn of ``context``. Never raises (but for cancellation): an error of any kind becomes ``fallback``."""
        try:
            if not context.payload:
                await read(lambda _: self._hear(context), context.text)
            context = await self._by_meaning(context)
            for step in self._steps:
                turn = await step(context)
                if turn is not None:
                    return self._noted(context, self._led(context, turn))
        except (EngineUnavailable, EngineRefused) as error:
            log.warning("turn_fallback", message=context.message_id, reason=str(error), kind=type(error).__name__)
            elsewhere = isinstance(error, EngineUnavailable) and not isinstance(error, ActionsUnavailable)
            if elsewhere and (found := await self._looked_up(context)):
                return self._noted(context, self._led(context, found))
        except Exception:
            log.error("turn_failed", message=context.message_id, exc_info=True)
        return self.fallback(context)

    def _hear(self, context: TurnContext) -> None:
        """Read the text for what is asked of it again and again: each remembers what it found."""
        self._alert(context)
        self._spoken(context)

    def fallback(self, context: TurnContext) -> Turn:
        """Returns what is said when no turn came about: still the numbers to call, if the message is about a danger."""
        return self._led(context, self._say(context, "gateway_fallback", Outcome.FALLBACK))

    def _led(self, context: TurnContext, turn: Turn) -> Turn:
        alert = self._alert(context)
        return self._care.lead(alert, turn, channel=context.channel, language=context.language) if alert else turn

    def _noted(self, context: TurnContext, turn: Turn) -> Turn:
        """``turn`` with the language of the message, where it is news: buttons are pressed without a word."""
        spoken = self._spoken(context)
        news = spoken != context.last_language and turn.outcome not in (Outcome.COMMAND, Outcome.SILENT)
        return turn.model_copy(update={"spoken": spoken}) if news else turn

    async def _by_meaning(self, context: TurnContext) -> TurnContext:
        if context.payload:
            return context
        alert = self._alert(context)
        asked = await read(lambda text: self._care.to_ask(text, alert, self._spoken(context)), context.text)
        return (
            replace(context, judged=True, alert=by_meaning(context.text, alert, await self._judge(asked))) if asked else context
        )

    def _alert(self, context: TurnContext) -> Alert | None:
        return None if context.payload else context.alert if context.judged else self._care.alert(context.text)

    async def _poison(self, context: TurnContext) -> Turn | None:
        if context.attempts <= MAX_ATTEMPTS:
            return None
        log.error("turn_given_up", message=context.message_id, attempts=context.attempts)
        return self._say(context, "gateway_fallback", Outcome.FALLBACK)

    async def _blank(self, context: TurnContext) -> Turn | None:
        if context.payload or context.text.strip():
            return None
        picture = traits_of(context.channel).takes_pictures
        return self._say(context, "gateway_text_only" if picture else "gateway_blank", Outcome.SMALL_TALK)

    async def _danger(self, context: TurnContext) -> Turn | None:
        """Someone is in danger and asks nothing else: no engine is needed, and none can get it wrong."""
        alert = self._alert(context)
        return Turn(outcome=Outcome.CRISIS) if alert and not alert.answer_too else None

    async def _since_danger(self, context: TurnContext) -> Turn | None:
        """What goes on about a danger told before ("il est là, je ne peux pas appeler"): to the engine it means nothing."""
        found = None if context.payload or context.picked or self._alert(context) else self._care.since(context.text)
        if found is None:
            return None
        since, written = found
        # "Esta aqui" is Spanish and Portuguese: it goes on in the language of the danger.
        language = (
            context.language if written == "fr" else context.last_language if context.last_language in FRAMES else written
        )
        return self._care.again(since, await self._recall(context.conversation), channel=context.channel, language=language)

    async def _too_long(self, context: TurnContext) -> Turn | None:
        if context.payload or len(context.text) <= self._max_chars:
            return None
        return self._say(context, "gateway_too_long", Outcome.NO_ANSWER, language=self._spoken(context), max=self._max_chars)

    async def _personal(self, context: TurnContext) -> Turn | None:
        if context.payload or context.number or context.asked or not Masked(context.text, context.masked).nothing_left:
            return None
        return self._say(context, "gateway_personal_data_only", Outcome.PERSONAL_DATA, language=self._spoken(context))

    async def _no_choice(self, context: TurnContext) -> Turn | None:
        if context.payload or context.picked or not names_no_choice(context.text, context.offered, unshown=context.unshown):
            return None
        turn = self._say(context, "gateway_choice_unshown" if context.unshown else "gateway_choice_unknown", Outcome.CHOICES)
        return turn.model_copy(update={"aside": True})  # they can still be chosen

    async def _dialogue(self, context: TurnContext) -> Turn:
        payload = context.payload or context.picked
        danger = not payload and self._alert(context) is not None
        request = EngineRequest(
            conversation=context.conversation,
            message_id=context.message_id,
            channel=context.channel,
            language=self._spoken(context),
            text=None if payload else self._care.restated(context.text) if danger else context.text,
            payload=payload,
            number=context.number,
            enquiry=danger,
        )
        turn = await self._after(context, request, await self._asked(context, request))
        return self._with_notice(context, await self._condoled(context, turn))

    async def _condoled(self, context: TurnContext, turn: Turn) -> Turn:
        """Condolences once: who writes again of the same death is answered."""
        button = context.payload or context.picked
        if (
            button
            or self._alert(context)
            or not self._care.mourning(context.text)
            or MOURNING in await self._recall(context.conversation)
        ):
            return turn
        return self._care.condole(turn, channel=context.channel, language=self._spoken(context))

    async def _looked_up(self, context: TurnContext) -> Turn | None:
        if self._degraded_mode is None or context.payload or context.picked:
            return None
        spoken = self._spoken(context)
        left = context.deadline.remaining() - _WRITING_SECONDS
        seconds = min(_LOOKUP_SECONDS, max(_LEAST_LOOKUP_SECONDS, left))
        turn = await self._degraded_mode.find(
            context.text, conversation=context.conversation, channel=context.channel, language=spoken, seconds=seconds
        )
        return self._with_notice(context, self._framed(context, turn)) if turn else None

    async def _asked(self, context: TurnContext, request: EngineRequest) -> Turn:
        with self._prefetch.of(request) if self._prefetch else nullcontext():
            return self._framed(context, await self._engine.turn(request, deadline=context.deadline.engine))

    def _framed(self, context: TurnContext, turn: Turn) -> Turn:
        spoken = self._spoken(context)
        return turn if spoken == context.language else framed(turn, self._wording, channel=context.channel, language=spoken)

    def _with_notice(self, context: TurnContext, turn: Turn) -> Turn:
        # A question is answered instead.
        to_form = context.number or (context.asked and turn.outcome == Outcome.HANDOFF_OFFLINE)
        if not context.masked or context.payload or (to_form and context.masked == ("phone",)):
            return turn  # the form asked for the number, or says what becomes of it
        notice = self._wording.text("gateway_personal_data", channel=context.channel, language=self._spoken(context))
        return turn.model_copy(update={"blocks": (NoticeBlock(text=notice), *turn.blocks)})

    def _spoken(self, context: TurnContext) -> str:
        """The language to answer in: that of the message; of the one before, where it is a button, a number or a sign."""
        if context.payload or context.picked or not any(character.isalpha() for character in context.text):
            return context.last_language
        # "I earn 1500 euros" may be French or English: it is what was written before. Longer messages are listened to anew.
        short = len(context.text.split()) <= _TELLS_NO_LANGUAGE
        found = self._detect(context.text, context.last_language if short else context.language)
        return found if found in (*LANGUAGES, *FRAMES) else context.language

    async def _after(self, context: TurnContext, request: EngineRequest, turn: Turn) -> Turn:
        """What the engine asks of the worker: numbers for a danger that it recognised, a move. Whoever asks for a human reaches
        one, whatever else the engine took their message for."""
        if turn.outcome in _NO_HUMAN and request.text and await read(wants_human, request.text):
            turn = await self._asked(context, _as_enquiry(context, request))
        if turn.care:
            alert = told((Care(turn.care),), request.language)
            if self._care.mourning(context.text):  # a death: what is to be done is shown, too
                alert = replace(alert, answer_too=True)
            if alert.answer_too:
                turn = await self._asked(context, _as_enquiry(context, request))
            return self._care.lead(alert, turn, channel=context.channel, language=request.language)
        if self._commands is None:
            return turn
        return await self._commands(turn, conversation=context.conversation, channel=context.channel, language=request.language)

    def _say(self, context: TurnContext, name: str, outcome: Outcome, *, language: str = "", **values: object) -> Turn:
        spoken = language or context.last_language  # not told from the text: a fallback must not fail
        text = self._wording.text(name, channel=context.channel, language=spoken, **values)
        return Turn(outcome=outcome, blocks=(TextBlock(text=text),))


def _as_enquiry(context: TurnContext, request: EngineRequest) -> EngineRequest:
    """Returns ``request`` to be asked once more, as a question to the pages or for a human."""
    return request.model_copy(update={"message_id": f"{context.message_id}-answer", "enquiry": True})
