"""Tries a group of synonyms before it is used: on an editor's questions, and on golden and citizens' ones with its words."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.database import Database
from core.privacy.masking import mask
from core.turns import Outcome as TurnOutcome
from knowledge_base.publishing.contracts import ReplayQuestion
from knowledge_base.publishing.questions import questions
from knowledge_base.quality.demand.signals import ENQUIRIES
from retrieval.query.synonyms import Group, Synonyms
from retrieval.synonym_trial import MOST, Compared, Outcome, Trial, TrialResult
from retrieval.terms.analysis import words

_LOOKED_THROUGH = 2000  # real questions of the last month, the most frequent first
# Messages classified as out of scope or as small talk may be so only because the word is unknown.
_OUTCOMES = (*ENQUIRIES, TurnOutcome.OUT_OF_SCOPE, TurnOutcome.SMALL_TALK)
_TYPED = 5
_BY_ITSELF = 3  # words of a group that are searched for if no question is typed

type Ask = Callable[[Trial], Awaitable[TrialResult]]


@dataclass(frozen=True, slots=True)
class ChangedRealQuestion:
    """A question of citizens, or a golden one, with another result. ``right``: before and after, for a golden one."""

    question: ReplayQuestion
    compared: Compared

    @property
    def right(self) -> tuple[bool, bool] | None:
        if not self.question.golden:
            return None
        return _right(self.compared.before, self.question.gold), _right(self.compared.after, self.question.gold)


@dataclass(frozen=True, slots=True)
class GroupTrialResult:
    """The result. ``typed``: of the editor's questions, or of the group's own words. ``matching`` golden and real questions
    have a word of the group; ``tested`` of them were searched for (golden ones first, then the most frequent), and
    ``changed`` have another result. ``unheard``: the group's meanings whose words occur in no page.
    """

    typed: tuple[Compared, ...]
    changed: tuple[ChangedRealQuestion, ...]
    matching: int
    tested: int
    unheard: tuple[str, ...]

    @property
    def worse(self) -> int:
        """Returns the number of golden questions that are answered rightly now and would no longer be."""
        return sum(one.right == (True, False) for one in self.changed)

    @property
    def better(self) -> int:
        """Returns the number of golden questions that are not answered rightly now and would be."""
        return sum(one.right == (False, True) for one in self.changed)


async def try_group(
    database: Database, ask: Ask, *, add: Group | None, drop: Group | None, typed: Sequence[str], collection: str
) -> GroupTrialResult:
    """Returns the effect of adding ``add`` and removing ``drop``. Without ``typed``, the group's own words are the questions.
    Raises the exceptions of ``ask``.
    """
    alone = (add or drop or Group(terms=("",), means=("",))).terms[:_BY_ITSELF]
    own = [mask(one).text for one in typed[:_TYPED]] or list(alone)
    selection = await questions(database, most=_LOOKED_THROUGH, outcomes=_OUTCOMES)
    added_and_dropped = Synonyms([one for one in (add, drop) if one])
    matching = [one for one in selection.selected if added_and_dropped.touches(words(one.question))]
    chosen = matching[: MOST - len(own)]
    pairs = (*((one, "fr") for one in own), *((one.question, one.locale) for one in chosen))
    result = await ask(Trial(questions=pairs, collection=collection or None, add=add, drop=drop))
    compared = result.compared[len(own) :]
    changed = tuple(ChangedRealQuestion(one, other) for one, other in zip(chosen, compared, strict=True) if other.changed)
    return GroupTrialResult(result.compared[: len(own)], changed, len(matching), len(chosen), result.unheard)


def _right(outcome: Outcome, gold: Sequence[str]) -> bool:
    """Decides as the gate does whether ``outcome`` is right: it answers with a page of ``gold``, or offers one; without
    ``gold``, it shows no page.
    """
    if not gold:
        return outcome.decision == "no_answer" or outcome.scope != "enquiry"
    shown = {"answered": 1, "choices": len(outcome.pages), "no_answer": 0}[outcome.decision]
    return any(page.entry_id in gold for page in outcome.pages[:shown])
