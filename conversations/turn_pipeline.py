"""One message's way to its turn: a list of steps, any of which may end it; whatever goes wrong becomes a reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import structlog

from conversations.engine.rasa_client import ActionsUnavailable, Engine, EngineRefused, EngineRequest, EngineUnavailable
from conversations.turns.care import MOURNING, CareReplies
from conversations.turns.care import WORDS as CARE_WORDS
from conversations.turns.choices import names_no_choice
from conversations.turns.conversation_commands import Moves
from conversations.turns.deadline import Deadline
from conversations.turns.degraded_mode import Reduced
from conversations.turns.framing import CARD_WORDS, framed
from conversations.turns.search_prefetch import Ahead
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
class Job:
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

    async def __call__(self, job: Job) -> Turn | None: ...


# The names of what was said of a danger or a death shortly before, in a conversation.
type Recall = Callable[[str], Awaitable[tuple[str, ...]]]


async def _nothing_before(_: str) -> tuple[str, ...]:
    return ()


# What a message's sentences are about, by their meaning.
type Judge = Callable[[Asked], Awaitable[Meant]]


async def _nobody(_: Asked) -> Meant:
    return Meant(confirmed=True)


class Turns:
    """Answers messages. ``before`` are steps of other parts; they come first: STOP is obeyed, whatever else is to say.

    ``detect(text, expected)`` tells a text's language: whoever writes in another one than they chose is answered in it, where
    there is wording for it. ``moves`` carries out what the dialogue leaves to the record's keeper. ``reduced`` looks texts up
    while the engine is away; ``ahead`` has their search begin early.
    """

    def __init__(
        self,
        engine: Engine,
        wording: Wording,
        *,
        max_chars: int,
        before: Sequence[Step] = (),
        detect: Callable[[str, str], str] = lambda _, expected: expected,
        reduced: Reduced | None = None,
        ahead: Ahead | None = None,
        moves: Moves | None = None,
        recall: Recall = _nothing_before,
        judge: Judge = _nobody,
    ) -> None:
        wording.require(WORDS)
        self._moves, self._recall, self._judge = moves, recall, judge
        self._engine = engine
        self._wording = wording
        self._max_chars = max_chars
        self._care = CareReplies(load_detector(), wording)
        self._detect = lru_cache(maxsize=_AT_ONCE)(detect)
        self._reduced, self._ahead = reduced, ahead
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

    async def answer(self, job: Job) -> Turn:
        """The turn of ``job``. Never raises (but for cancellation): an error of any kind becomes ``fallback``."""
        try:
            if not job.payload:
                await read(lambda _: self._hear(job), job.text)
            job = await self._by_meaning(job)
            for step in self._steps:
                turn = await step(job)
                if turn is not None:
                    return self._noted(job, self._led(job, turn))
        except (EngineUnavailable, EngineRefused) as error:
            log.warning("turn_fallback", message=job.message_id, reason=str(error), kind=type(error).__name__)
            elsewhere = isinstance(error, EngineUnavailable) and not isinstance(error, ActionsUnavailable)
            if elsewhere and (found := await self._looked_up(job)):
                return self._noted(job, self._led(job, found))
        except Exception:
            log.error("turn_failed", message=job.message_id, exc_info=True)
        return self.fallback(job)

    def _hear(self, job: Job) -> None:
        """Read the text for what is asked of it again and again: each remembers what it found."""
        self._alert(job)
        self._spoken(job)

    def fallback(self, job: Job) -> Turn:
        """What is said when no turn came about: still the numbers to call, if the message is about a danger."""
        return self._led(job, self._say(job, "gateway_fallback", Outcome.FALLBACK))

    def _led(self, job: Job, turn: Turn) -> Turn:
        alert = self._alert(job)
        return self._care.lead(alert, turn, channel=job.channel, language=job.language) if alert else turn

    def _noted(self, job: Job, turn: Turn) -> Turn:
        """``turn`` with the language of the message, where it is news: buttons are pressed without a word."""
        spoken = self._spoken(job)
        news = spoken != job.last_language and turn.outcome not in (Outcome.COMMAND, Outcome.SILENT)
        return turn.model_copy(update={"spoken": spoken}) if news else turn

    async def _by_meaning(self, job: Job) -> Job:
        if job.payload:
            return job
        alert = self._alert(job)
        asked = await read(lambda text: self._care.to_ask(text, alert, self._spoken(job)), job.text)
        return replace(job, judged=True, alert=by_meaning(job.text, alert, await self._judge(asked))) if asked else job

    def _alert(self, job: Job) -> Alert | None:
        return None if job.payload else job.alert if job.judged else self._care.alert(job.text)

    async def _poison(self, job: Job) -> Turn | None:
        if job.attempts <= MAX_ATTEMPTS:
            return None
        log.error("turn_given_up", message=job.message_id, attempts=job.attempts)
        return self._say(job, "gateway_fallback", Outcome.FALLBACK)

    async def _blank(self, job: Job) -> Turn | None:
        if job.payload or job.text.strip():
            return None
        picture = traits_of(job.channel).takes_pictures
        return self._say(job, "gateway_text_only" if picture else "gateway_blank", Outcome.SMALL_TALK)

    async def _danger(self, job: Job) -> Turn | None:
        """Someone is in danger and asks nothing else: no engine is needed, and none can get it wrong."""
        alert = self._alert(job)
        return Turn(outcome=Outcome.CRISIS) if alert and not alert.answer_too else None

    async def _since_danger(self, job: Job) -> Turn | None:
        """What goes on about a danger told before ("il est là, je ne peux pas appeler"): to the engine it means nothing."""
        found = None if job.payload or job.picked or self._alert(job) else self._care.since(job.text)
        if found is None:
            return None
        since, written = found
        # "Esta aqui" is Spanish and Portuguese: it goes on in the language of the danger.
        language = job.language if written == "fr" else job.last_language if job.last_language in FRAMES else written
        return self._care.again(since, await self._recall(job.conversation), channel=job.channel, language=language)

    async def _too_long(self, job: Job) -> Turn | None:
        if job.payload or len(job.text) <= self._max_chars:
            return None
        return self._say(job, "gateway_too_long", Outcome.NO_ANSWER, language=self._spoken(job), max=self._max_chars)

    async def _personal(self, job: Job) -> Turn | None:
        if job.payload or job.number or job.asked or not Masked(job.text, job.masked).nothing_left:
            return None
        return self._say(job, "gateway_personal_data_only", Outcome.PERSONAL_DATA, language=self._spoken(job))

    async def _no_choice(self, job: Job) -> Turn | None:
        if job.payload or job.picked or not names_no_choice(job.text, job.offered, unshown=job.unshown):
            return None
        turn = self._say(job, "gateway_choice_unshown" if job.unshown else "gateway_choice_unknown", Outcome.CHOICES)
        return turn.model_copy(update={"aside": True})  # they can still be chosen

    async def _dialogue(self, job: Job) -> Turn:
        payload = job.payload or job.picked
        danger = not payload and self._alert(job) is not None
        request = EngineRequest(
            conversation=job.conversation,
            message_id=job.message_id,
            channel=job.channel,
            language=self._spoken(job),
            text=None if payload else self._care.restated(job.text) if danger else job.text,
            payload=payload,
            number=job.number,
            enquiry=danger,
        )
        turn = await self._after(job, request, await self._asked(job, request))
        return self._with_notice(job, await self._condoled(job, turn))

    async def _condoled(self, job: Job, turn: Turn) -> Turn:
        """Condolences once: who writes again of the same death is answered."""
        button = job.payload or job.picked
        if button or self._alert(job) or not self._care.mourning(job.text) or MOURNING in await self._recall(job.conversation):
            return turn
        return self._care.condole(turn, channel=job.channel, language=self._spoken(job))

    async def _looked_up(self, job: Job) -> Turn | None:
        if self._reduced is None or job.payload or job.picked:
            return None
        spoken = self._spoken(job)
        left = job.deadline.remaining() - _WRITING_SECONDS
        seconds = min(_LOOKUP_SECONDS, max(_LEAST_LOOKUP_SECONDS, left))
        turn = await self._reduced.find(
            job.text, conversation=job.conversation, channel=job.channel, language=spoken, seconds=seconds
        )
        return self._with_notice(job, self._framed(job, turn)) if turn else None

    async def _asked(self, job: Job, request: EngineRequest) -> Turn:
        with self._ahead.of(request) if self._ahead else nullcontext():
            return self._framed(job, await self._engine.turn(request, deadline=job.deadline.engine))

    def _framed(self, job: Job, turn: Turn) -> Turn:
        spoken = self._spoken(job)
        return turn if spoken == job.language else framed(turn, self._wording, channel=job.channel, language=spoken)

    def _with_notice(self, job: Job, turn: Turn) -> Turn:
        to_form = job.number or (job.asked and turn.outcome == Outcome.HANDOFF_OFFLINE)  # a question is answered instead
        if not job.masked or job.payload or (to_form and job.masked == ("phone",)):
            return turn  # the form asked for the number, or says what becomes of it
        notice = self._wording.text("gateway_personal_data", channel=job.channel, language=self._spoken(job))
        return turn.model_copy(update={"blocks": (NoticeBlock(text=notice), *turn.blocks)})

    def _spoken(self, job: Job) -> str:
        """The language to answer in: that of the message; of the one before, where it is a button, a number or a sign."""
        if job.payload or job.picked or not any(character.isalpha() for character in job.text):
            return job.last_language
        # "I earn 1500 euros" may be French or English: it is what was written before. Longer messages are listened to anew.
        short = len(job.text.split()) <= _TELLS_NO_LANGUAGE
        found = self._detect(job.text, job.last_language if short else job.language)
        return found if found in (*LANGUAGES, *FRAMES) else job.language

    async def _after(self, job: Job, request: EngineRequest, turn: Turn) -> Turn:
        """What the engine asks of the worker: numbers for a danger that it recognised, a move. Whoever asks for a human reaches
        one, whatever else the engine took their message for."""
        if turn.outcome in _NO_HUMAN and request.text and await read(wants_human, request.text):
            turn = await self._asked(job, _as_enquiry(job, request))
        if turn.care:
            alert = told((Care(turn.care),), request.language)
            if self._care.mourning(job.text):  # a death: what is to be done is shown, too
                alert = replace(alert, answer_too=True)
            if alert.answer_too:
                turn = await self._asked(job, _as_enquiry(job, request))
            return self._care.lead(alert, turn, channel=job.channel, language=request.language)
        if self._moves is None:
            return turn
        return await self._moves(turn, conversation=job.conversation, channel=job.channel, language=request.language)

    def _say(self, job: Job, name: str, outcome: Outcome, *, language: str = "", **values: object) -> Turn:
        spoken = language or job.last_language  # not told from the text: a fallback must not fail
        text = self._wording.text(name, channel=job.channel, language=spoken, **values)
        return Turn(outcome=outcome, blocks=(TextBlock(text=text),))


def _as_enquiry(job: Job, request: EngineRequest) -> EngineRequest:
    """Returns ``request`` to be asked once more, as a question to the pages or for a human."""
    return request.model_copy(update={"message_id": f"{job.message_id}-answer", "enquiry": True})
