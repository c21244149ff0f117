"""The explanation of the reply to a first message: how it was understood, the nearest pages, thresholds and steps."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.decision_trace import DecisionStep
from core.turns import Outcome

Sort = Literal["answered", "choices", "found", "part"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Understood(_Frozen):
    """The message as it was understood. ``searched``: the text that was searched for, in the pages' words.

    ``outside``: the probability (0 to 1) that the message is out of an administration's scope; ``None`` if that was not
    computed. ``facts``: the message's facts about the citizen: facet → values; an age by its first and last year.
    """

    query: str
    searched: str
    language: str
    scope: Literal["enquiry", "fragment", "outside"]
    outside: float | None = None
    facts: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Candidate(_Frozen):
    """One of the nearest pages, ``place`` from 1 on. ``headings`` and ``cases`` lead to the part that would be shown.

    ``open_cases``: labels of the cases among which the citizen's is not known. ``extracts``: channel → the extract shown in
    a choice; empty if the page says nothing in so few characters.
    """

    place: int
    entry_id: str
    collection: str
    title: str
    score: float
    headings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    open_cases: tuple[str, ...] = ()
    extracts: dict[str, str] = Field(default_factory=dict)


class Threshold(_Frozen):
    """A threshold and the value compared with it. ``found`` is in log-odds, all others are probabilities (0 to 1).

    ``weight``: the factor with which the log-odds of ``outside`` are subtracted from those of the confidence.
    """

    sort: Sort
    value: float
    least: float
    weight: float | None = None

    @property
    def reached(self) -> bool:
        """Decides whether the value is on the upper side."""
        return self.value >= self.least


class ReplyDecision(_Frozen):
    """The result on one channel: outcome, the page shown (its id, or empty), and the steps in order."""

    outcome: Outcome
    entry: str = ""
    steps: tuple[DecisionStep, ...] = ()


class ReplyExplanation(_Frozen):
    """The explanation of the reply to a first message that is taken for a question.

    ``confidence`` is the probability that the first of the ``candidates`` is right; ``decisions``: channel → decision.
    """

    snapshot: str
    understood: Understood
    confidence: float
    candidates: tuple[Candidate, ...]
    thresholds: tuple[Threshold, ...]
    decisions: dict[str, ReplyDecision]
