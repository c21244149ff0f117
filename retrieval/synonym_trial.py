"""The effect of a group of synonyms: the same questions, without it and with it, on the same snapshot."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from retrieval.contracts import Decision, RetrievalResult, Scope
from retrieval.pinned_service import PinnedSearchService
from retrieval.query.query import analyse
from retrieval.query.synonym_lists import SynonymLists
from retrieval.query.synonyms import Group
from retrieval.terms.analysis import terms

MOST = 40  # questions in one trial: two searches each, on the cores that also answer citizens
_SHOWN = 3  # pages shown of an outcome


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Trial(_Frozen):
    """A trial: questions, each with its language. ``add`` is added to the lists in use for the trial, ``drop`` is removed from
    them.
    """

    questions: tuple[tuple[str, str], ...] = Field(max_length=MOST)
    collection: str | None = None
    add: Group | None = None
    drop: Group | None = None


class Page(_Frozen):
    """A page found for a question."""

    entry_id: str
    collection: str
    title: str


class Outcome(_Frozen):
    """The reply that citizens would get: the first of ``pages`` if ``answered``, all as ``choices``, none if ``no_answer``.

    With a ``topic``, another administration's address stands above them.
    """

    decision: Decision
    scope: Scope
    confidence: float
    pages: tuple[Page, ...]
    understood: str
    topic: str = ""  # what another administration handles, if the message is handed on to it


class Compared(_Frozen):
    """One question. ``touched`` tells whether the group changes the analysis of the query."""

    question: str
    touched: bool
    before: Outcome
    after: Outcome

    @property
    def changed(self) -> bool:
        """Tells whether citizens would get another reply."""
        return _compared(self.before) != _compared(self.after)


class TrialResult(_Frozen):
    """The result. ``unheard`` are the group's meanings whose words occur in no page: they have no effect."""

    compared: tuple[Compared, ...]
    unheard: tuple[str, ...] = ()


def try_group(engine: PinnedSearchService, trial: Trial) -> TrialResult:
    """Asks every question twice: with the lists of ``engine``, and with those of the trial."""
    lists = engine.with_synonyms(SynonymLists.fixed(_groups(engine.own_synonyms, trial)))
    heard = trial.add.means if trial.add else ()
    return TrialResult(
        compared=tuple(_compare(engine, lists, *one, trial.collection) for one in trial.questions),
        unheard=tuple(phrase for phrase in heard if not any(engine.snapshot.lexical.knows(word) for word in terms(phrase))),
    )


def _groups(own: Sequence[Group], trial: Trial) -> Iterable[Group]:
    """Returns the lists of the trial. The added group has the highest priority, as in the desk's list. One copy of the dropped
    group is removed.
    """
    left = list(own)
    if trial.drop in left:
        left.remove(trial.drop)
    return [trial.add, *left] if trial.add else left


def _compare(
    engine: PinnedSearchService, changed: PinnedSearchService, question: str, locale: str, collection: str | None
) -> Compared:
    known = engine.snapshot.vocabulary
    read = [analyse(question, known, one.synonyms) for one in (engine, changed)]
    return compare_searches(engine, changed, question, locale, collection, touched=read[0] != read[1])


def compare_searches(
    engine: PinnedSearchService,
    changed: PinnedSearchService,
    question: str,
    locale: str,
    collection: str | None,
    *,
    touched: bool = True,
) -> Compared:
    """Returns what ``question`` gets of ``engine``, and of the ``changed`` one, which is asked only if it is ``touched``."""
    before = _outcome(engine.search(question, locale=locale, collection=collection, limit=_SHOWN))
    after = _outcome(changed.search(question, locale=locale, collection=collection, limit=_SHOWN)) if touched else before
    return Compared(question=question, touched=touched, before=before, after=after)


def _outcome(result: RetrievalResult) -> Outcome:
    found = (*result.hits, *result.rejected)[:_SHOWN]
    return Outcome(
        decision=result.decision,
        scope=result.scope,
        confidence=result.confidence,
        pages=tuple(Page(entry_id=hit.entry_id, collection=hit.collection, title=hit.title) for hit in found),
        understood=result.understood,
        topic=result.topic.name if result.topic else "",
    )


def _compared(outcome: Outcome) -> tuple[object, ...]:
    shown = {"answered": 1, "choices": len(outcome.pages), "no_answer": 0}[outcome.decision]
    return outcome.decision, outcome.scope, outcome.topic, outcome.pages[:shown]
