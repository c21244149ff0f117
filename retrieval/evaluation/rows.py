"""The result of one question of an evaluation."""

from pydantic import BaseModel, ConfigDict

from retrieval.contracts import Decision, Scope
from retrieval.evaluation.metrics import first_right


class Found(BaseModel):
    """An entry that a search found."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str


class Row(BaseModel):
    """One question with its answer. ``part`` names the part of the run (a noise, a language, a withheld theme).

    ``theme`` is the widest theme of the first right entry. In passage runs, ``passage_right`` tells whether the passage shown
    answers, with the entry that the search put first; ``given_right`` tells it with the right entry given. ``heading_right``
    tells whether that passage is under a heading that answers, in any case: the dialogue asks for the case.
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
        """Returns the rank of the first right entry, from 1."""
        return first_right([entry.id for entry in self.found], self.gold)

    @property
    def right(self) -> bool:
        return self.rank == 1

    @property
    def at_head(self) -> bool:
        """Tells, in passage runs with the right entry given, whether the page's beginning is shown, which does not answer."""
        return not self.shown and not self.heading_right

    @property
    def outcome(self) -> str:
        """Returns the result for the citizen: the decision, or that the message is out of scope or needs clarification."""
        return {"outside": "out_of_scope", "fragment": "clarified"}.get(self.scope, self.decision)

    @property
    def key(self) -> str:
        """Returns the key of the same question in another run."""
        return f"{self.part}/{self.id or self.question}"
