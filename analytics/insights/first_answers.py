"""Decides how the first answer of a contact was received. Pure; docs/insights.md says the definition to its readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from analytics.insights.figures import Reaction
from analytics.insights.refusals import refuses
from analytics.insights.rewording import rewords
from core.turns import Outcome

NEXT_MESSAGES = 2  # of the citizen, in which a reaction is looked for
_HUMAN = (Outcome.HANDOFF_WAITING, Outcome.HANDOFF_OFFLINE)
# A reply to an enquiry; a greeting or a command that resembles the question asks nothing again.
_ENQUIRIES = (
    *(Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED),
    *(Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.FALLBACK),
)


class ReadTurn(Protocol):
    """What is read of a turn: masked ``text``, ``payload`` of a button, ``outcome``, the page ``shown`` (empty: none).

    ``taken_for_refusal``: the assistant answered it as one.
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
    def taken_for_refusal(self) -> bool: ...


class FirstAnswer(NamedTuple):
    """The page that a contact's first answer showed, and how it was received."""

    entry: str
    reaction: Reaction


def page_shown(outcome: str, entry: str, blocks: Iterable[Mapping[str, Any]]) -> str:
    """Returns the entry that a reply shows: its own where it answers or guides, that of the first card where it gives choices.

    Choices that are titles only, and what says that a page has no answer, show none: empty.
    """
    if outcome in (Outcome.ANSWERED, Outcome.GUIDED):
        return entry
    if outcome != Outcome.CHOICES:
        return ""
    options = (option for block in blocks for option in block.get("options") or ())
    return next((str(option.get("entry") or "") for option in options if option.get("extract")), "")


def first_answer(turns: Sequence[ReadTurn]) -> FirstAnswer | None:
    """Returns the first answer among the turns of one contact, in their order; ``None`` where no reply showed a page."""
    for place, turn in enumerate(turns):
        if turn.shown:
            question = next((one.text for one in reversed(turns[: place + 1]) if not one.payload), "")
            return FirstAnswer(turn.shown, _reaction(question, turns[place + 1 : place + 1 + NEXT_MESSAGES]))
    return None


def _reaction(question: str, following: Iterable[ReadTurn]) -> Reaction:
    """Returns what the first message that says something says; ``question``: the last one typed before the answer."""
    for turn in following:
        if turn.outcome in _HUMAN:
            return Reaction.HUMAN
        if refuses(turn.text, turn.payload, taken_for_refusal=turn.taken_for_refusal):
            return Reaction.REFUSED
        if not turn.payload and turn.outcome in _ENQUIRIES and rewords(question, turn.text):
            return Reaction.REWORDED
    return Reaction.ACCEPTED
