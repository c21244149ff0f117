"""Replies to a person in danger: the numbers first, above any other text, with or without the dialogue engine."""

from collections.abc import Sequence
from functools import lru_cache

from conversations.wording import Wording
from core.care import Alert, Care, CareDetector, LaterSign, SentencesToJudge, sentences_to_judge
from core.channels import traits_of
from core.turns import ChoicesBlock, Option, Outcome, ReplyBlock, TextBlock, Turn

MOURNING = "care_mourning"
NUMBERS = {f"care_{kind}": kind for kind in Care}
# The one line above the answer to a message that may be about a danger. A suicide is never doubtful.
PERHAPS = {f"care_perhaps_{kind}": kind for kind in Care if kind != Care.SUICIDE}
WORDS = frozenset({"care_human", "care_reach_human", "care_answer", "care_again", "care_silent", MOURNING, *NUMBERS, *PERHAPS})
_MOST_KINDS = 2  # in one reply, if several dangers were reported one after the other
_ASK_HUMAN, _GO_BACK = "/ask_human", "/go_back"
# These numbers need a conversation: a person who cannot speak is told about the text-message service instead.
_TO_SPEAK = frozenset(Care) - {Care.HOMELESS, Care.HUNGER}
# Outcomes that condolences may precede: no courtesies, no commands to the record.
_WITH_CONDOLENCES = frozenset(
    {Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.CRISIS}
)
# Outcomes that may follow the numbers if a question came with the danger.
_ANSWERS = (Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED)
_CACHED = 32  # concurrent turns in a worker
_MIN_CONFIDENCE = 0.2  # below this probability pages would only distract from the numbers


class CareReplies:
    """Puts what ``domain.yml`` says about a danger above a turn."""

    def __init__(self, detector: CareDetector, wording: Wording) -> None:
        wording.require(WORDS)
        self._detector = detector
        self._analyse = lru_cache(maxsize=_CACHED)(detector.analyse)
        self._wording = wording

    def alert(self, text: str) -> Alert | None:
        """Returns the alert that ``text`` calls for; ``None`` for an ordinary message. Cached: one turn asks three times."""
        return self._analyse(text).alert

    def sentences_to_judge(self, text: str, alert: Alert | None, language: str) -> SentencesToJudge | None:
        """Returns the sentences of ``text`` whose meaning decides about a danger; ``None`` if nothing is to be asked."""
        return sentences_to_judge(text, alert, language, self._detector)

    def mourning_language(self, text: str) -> str:
        """Returns the language in which ``text`` tells of the death of someone close; empty for none."""
        return self._detector.mourning_language(self._analyse(text))

    def in_page_terms(self, text: str) -> str:
        """Returns the question in ``text`` as the pages would put it."""
        return self._detector.in_page_terms(text)

    def put_numbers_first(self, alert: Alert, turn: Turn, *, channel: str, language: str) -> Turn:
        """Returns ``turn`` with the numbers first, then the answer if one was asked for, and the way to a human.

        A doubtful danger gets one line that says for whom the number is, if there is an answer to stand below it.
        Uses the language of the message if that is not French: an SMS conversation begins in the service's language.
        """
        if turn.outcome == Outcome.SILENT:  # STOP is obeyed
            return turn
        about = {"channel": channel, "language": language if alert.language == "fr" else alert.language}
        answered = alert.answer_too and turn.outcome in _ANSWERS and not _is_guess(turn)
        if answered and alert.doubtful:
            line = TextBlock(text=self._wording.text(f"care_perhaps_{alert.kinds[0]}", **about))
            return turn.model_copy(update={"outcome": Outcome.CRISIS, "blocks": (line, *turn.blocks)})
        numbers = self._numbers(alert.kinds, about)
        blocks: list[ReplyBlock] = [*numbers]
        if answered:
            blocks += [TextBlock(text=self._wording.text("care_answer", **about)), *_without_alike(turn)]
        elif turn.outcome == Outcome.HUMAN:
            blocks += turn.blocks
        if turn.outcome != Outcome.HUMAN:
            offer = self._offer(about)
            # Typed choices come at the end, under one sentence: that of the answer's own choices if it has some.
            blocks.insert(len(numbers) if traits_of(channel).has_buttons else len(blocks), offer)
        base = turn if answered else Turn(outcome=turn.outcome)
        return base.model_copy(update={"outcome": Outcome.CRISIS, "blocks": tuple(blocks)})

    def later_sign(self, text: str) -> tuple[LaterSign, str] | None:
        """Returns what ``text`` adds to a danger reported before, and its language; ``None`` if it adds nothing."""
        return self._detector.later_sign(self._analyse(text))

    def repeat_numbers(self, since: LaterSign, names: Sequence[str], *, channel: str, language: str) -> Turn | None:
        """Returns the reply to ``since`` after the texts named ``names``; ``None`` if none was about a danger or a death.

        A person who cannot speak gets the number for written messages; one who wants to join a person who died, the numbers
        against suicide; one without a place to go, the number for a shelter as well.
        """
        kinds = [NUMBERS[name] for name in names if name in NUMBERS][:_MOST_KINDS]
        needs_speech = any(name in NUMBERS and NUMBERS[name] in _TO_SPEAK for name in names)
        if since == LaterSign.DESPAIR and names:  # "je veux le rejoindre" may also be about an abuser: those numbers stay
            kinds = [Care.SUICIDE, *(kind for kind in kinds if kind == Care.VIOLENCE)]
        if not kinds:
            return None
        if since == LaterSign.NOWHERE and not {Care.HOMELESS, Care.HUNGER} & set(kinds):  # both have that number already
            kinds = [kinds[0], Care.HOMELESS]
        about = {"channel": channel, "language": language}
        silent = since == LaterSign.SILENT and needs_speech
        numbers = [] if silent else self._numbers(kinds, about)
        first = (
            []
            if since in (LaterSign.DESPAIR, LaterSign.NOWHERE)  # neither says that nobody answered a call
            else [TextBlock(text=self._wording.text(f"care_{'silent' if silent else 'again'}", **about))]
        )
        return Turn(outcome=Outcome.CRISIS, blocks=(*first, *numbers, self._offer(about)))

    def add_condolences(self, turn: Turn, *, channel: str, language: str) -> Turn:
        """Returns ``turn`` with condolences above it, if it answers a question."""
        if turn.outcome not in _WITH_CONDOLENCES:
            return turn
        condolences = TextBlock(text=self._wording.text(MOURNING, channel=channel, language=language))
        return turn.model_copy(update={"blocks": (condolences, *turn.blocks)})

    def _numbers(self, kinds: Sequence[Care], about: dict[str, str]) -> list[TextBlock]:
        return [TextBlock(text=self._wording.text(f"care_{kind}", **about)) for kind in kinds]

    def _offer(self, about: dict[str, str]) -> ChoicesBlock:
        option = Option(label=self._wording.text("care_reach_human", **about), payload=_ASK_HUMAN)
        return ChoicesBlock(purpose="menu", text=self._wording.text("care_human", **about), options=(option,))


def _without_alike(turn: Turn) -> list[ReplyBlock]:
    """Returns the blocks of ``turn`` without pages that only resemble the message ("Divorce pour faute" for a person in
    danger).
    """
    return [block for one in turn.blocks if (block := _without_alike_pages(one, turn.alike)) is not None]


def _without_alike_pages(block: ReplyBlock, alike: Sequence[str]) -> ReplyBlock | None:
    if not isinstance(block, ChoicesBlock) or block.purpose != "related" or not alike:
        return block
    options = tuple(option for option in block.options if option.payload not in alike)
    if all(option.payload in (_GO_BACK, _ASK_HUMAN) for option in options):  # no page left: the numbers lead to a human
        options = tuple(option for option in options if option.payload == _GO_BACK)
        return block.model_copy(update={"options": options, "text": ""}) if options else None
    return block.model_copy(update={"options": options})


def _is_guess(turn: Turn) -> bool:
    return turn.outcome == Outcome.CHOICES and turn.confidence is not None and turn.confidence < _MIN_CONFIDENCE
