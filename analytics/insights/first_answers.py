"""The reaction of a citizen to the first answer of a contact. Pure. docs/insights.md has the definition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from analytics.insights.figures import Reaction
from analytics.insights.refusals import refuses
from analytics.insights.rewording import rewords
from core.turns import Outcome

NEXT_MESSAGES = 2  # of the citizen, that are searched for a reaction
_HUMAN = (Outcome.HANDOFF_WAITING, Outcome.HANDOFF_OFFLINE)
# Replies to an enquiry; a greeting or a command that resembles the question does not repeat it.
_ENQUIRIES = (
    *(Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED),
    *(Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.FALLBACK),
)


class ReadTurn(Protocol):
    """The used part of a turn: masked ``text``, ``payload`` of a button, ``outcome``, the page ``shown`` (empty: none).

    ``answered_as_refusal``: the assistant answered it as a refusal.
    """

    @property
    def text(self) -> str: ...
    @property
    def payload(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def shown(self) -> str: ...
    @property
    def answered_as_refusal(self) -> bool: ...


class FirstAnswer(NamedTuple):
    """The page of a contact's first answer, and the citizen's reaction."""

    entry: str
    reaction: Reaction


def page_shown(outcome: str, entry: str, blocks: Iterable[Mapping[str, Any]]) -> str:
    """Returns the entry that a reply shows: its own if it answers or guides, that of the first card if it offers choices.

    Returns an empty string for choices that are titles only, and for a notice that a page has no answer.
    """
    if outcome in (Outcome.ANSWERED, Outcome.GUIDED):
        return entry
    if outcome != Outcome.CHOICES:
        return ""
    options = (option for block in blocks for option in block.get("options") or ())
    return next((str(option.get("entry") or "") for option in options if option.get("extract")), "")


def first_answer(turns: Sequence[ReadTurn]) -> FirstAnswer | None:
    """Returns the first answer among the turns of one contact, in order; ``None`` if no reply showed a page."""
    for place, turn in enumerate(turns):
        if turn.shown:
            question = next((one.text for one in reversed(turns[: place + 1]) if not one.payload), "")
            return FirstAnswer(turn.shown, _reaction(question, turns[place + 1 : place + 1 + NEXT_MESSAGES]))
    return None


def _reaction(question: str, following: Iterable[ReadTurn]) -> Reaction:
    """Returns the reaction in the first message that shows one; ``question``: the last one typed before the answer."""
    for turn in following:
        if turn.outcome in _HUMAN:
            return Reaction.HUMAN
        if refuses(turn.text, turn.payload, answered_as_refusal=turn.answered_as_refusal):
            return Reaction.REFUSED
        if not turn.payload and turn.outcome in _ENQUIRIES and rewords(question, turn.text):
            return Reaction.REWORDED
    return Reaction.ACCEPTED
