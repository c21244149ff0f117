"""What one question of an evaluation came to."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from retrieval.contracts import Decision, Scope
from retrieval.evaluation.metrics import first_right


class Found(BaseModel):
    """An entry that a search brought up."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str


class Row(BaseModel):
    """One question with its answer. ``part`` names the part of the run (a noise, a language, a withheld theme).

    ``theme`` is the widest theme of the first right entry. ``passage_right`` tells of passage runs whether the passage shown
    answers, with the entry that the search put first, and ``given_right`` with the right entry given; ``heading_right`` whether
    the latter stands under a heading that answers, whatever case the question tells: the dialogue asks for the case.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    gold: tuple[str, ...] = ()
    expected: str = ""
    theme: str = ""
    kind: str = ""
    part: str = ""
    language: str = ""
    found: tuple[Found, ...] = ()
    confidence: float = 0.0
    decision: Decision = "no_answer"
    scope: Scope = "enquiry"
    ms: float = 0.0
    passage_right: bool | None = None
    given_right: bool | None = None
    heading_right: bool | None = None
    shown: str = ""

    @property
    def rank(self) -> int | None:
        """The rank of the first right entry, from 1."""
        return first_right([entry.id for entry in self.found], self.gold)

    @property
    def right(self) -> bool:
        return self.rank == 1

    @property
    def at_head(self) -> bool:
        """Of passage runs, with the right entry given: whether the page's beginning is shown, which does not answer."""
        return not self.shown and not self.heading_right

    @property
    def outcome(self) -> str:
        """What a citizen gets: the decision, unless it is nobody's business, or not told what it is about."""
        return {"outside": "out_of_scope", "fragment": "clarified"}.get(self.scope, self.decision)

    @property
    def key(self) -> str:
        """What pairs this row with the same question of another run."""
        return f"{self.part}/{self.id or self.question}"
