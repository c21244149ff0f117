"""A group is tried before it counts: on questions that an editor types, and on those of citizens that hold its words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.database import Database
from core.privacy.masking import mask
from core.turns import Outcome as TurnOutcome
from knowledge_base.publishing.contracts import Asked
from knowledge_base.publishing.questions import ENQUIRIES, questions
from retrieval.lexical.analysis import words
from retrieval.lexical.synonyms import Group, Synonyms
from retrieval.synonym_trial import MOST, Compared, Outcome, Trial, TrialResult

_LOOKED_THROUGH = 2000  # real questions of the last month, the most frequent first
# What was taken for somebody else's business, or for a greeting, may be so for want of the very word.
_OUTCOMES = (*ENQUIRIES, TurnOutcome.OUT_OF_SCOPE, TurnOutcome.SMALL_TALK)
_TYPED = 5
_BY_ITSELF = 3  # words of a group that are asked where no question is typed

type Ask = Callable[[Trial], Awaitable[TrialResult]]


@dataclass(frozen=True, slots=True)
class Real:
    """A question of citizens, or a golden one, that comes to something else. ``right``: before and after, of a golden one."""

    asked: Asked
    compared: Compared

    @property
    def right(self) -> tuple[bool, bool] | None:
        if not self.asked.golden:
            return None
        return _right(self.compared.before, self.asked.gold), _right(self.compared.after, self.asked.gold)


@dataclass(frozen=True, slots=True)
class Tried:
    """``typed`` are the editor's questions; of the ``holding`` real ones that hold a word of the group ``asked`` were asked,
    the most frequent first, and ``moved`` come to something else."""

    typed: tuple[Compared, ...]
    moved: tuple[Real, ...]
    holding: int
    asked: int
    unheard: tuple[str, ...]

    @property
    def worse(self) -> int:
        """Golden questions that were answered rightly and would not be any more."""
        return sum(one.right == (True, False) for one in self.moved)

    @property
    def better(self) -> int:
        """Golden questions that would be answered rightly and were not."""
        return sum(one.right == (False, True) for one in self.moved)


async def try_group(
    database: Database, ask: Ask, *, add: Group | None, drop: Group | None, typed: Sequence[str], collection: str
) -> Tried:
    """What changes with ``add`` and without ``drop``. Without ``typed``, the group's own words are the questions. Raises what
    ``ask`` raises."""
    alone = (add or drop or Group(terms=("",), means=("",))).terms[:_BY_ITSELF]
    own = [mask(one).text for one in typed[:_TYPED]] or list(alone)
    found = await questions(database, most=_LOOKED_THROUGH, outcomes=_OUTCOMES)
    either = Synonyms([one for one in (add, drop) if one])
    real = [one for one in found.asked if either.touches(words(one.question))]
    chosen = real[: MOST - len(own)]
    pairs = (*((one, "fr") for one in own), *((one.question, one.locale) for one in chosen))
    result = await ask(Trial(questions=pairs, collection=collection or None, add=add, drop=drop))
    compared = result.compared[len(own) :]
    moved = tuple(Real(one, other) for one, other in zip(chosen, compared, strict=True) if other.changed)
    return Tried(result.compared[: len(own)], moved, len(real), len(chosen), result.unheard)


def _right(outcome: Outcome, gold: Sequence[str]) -> bool:
    """As the gate has it: a page that is accepted comes first, or is offered; where none is, none is shown."""
    if not gold:
        return outcome.decision == "no_answer" or outcome.scope != "enquiry"
    shown = {"answered": 1, "choices": len(outcome.pages), "no_answer": 0}[outcome.decision]
    return any(page.entry_id in gold for page in outcome.pages[:shown])
