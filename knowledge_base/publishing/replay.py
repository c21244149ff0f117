"""Replays questions on a snapshot, and searches for entries by their own names."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from core.entry import Entry, passages
from core.turns import Outcome
from knowledge_base.progress import Progress
from knowledge_base.publishing.contracts import Change, Compose, FoundEntry, ReplayQuestion, ReplayResult, Shadowed
from retrieval.contracts import Decision, Hit, RetrievalResult
from retrieval.pinned_service import PinnedSearchService

_DEPTH = 5  # ranks in which a right entry counts as found
_REAL_DEPTH = 4  # of a real question only the entries offered matter
_NEIGHBOURS = 40  # entries examined that a changed one could shadow
_NAMES = 6  # names of an entry: its title and the first other wordings
_DECISIONS: dict[Outcome, Decision] = {
    Outcome.ANSWERED: "answered",
    Outcome.GUIDED: "answered",  # asked for the case, after content
    Outcome.CHOICES: "choices",
}  # any other outcome shows no page


class Replay:
    """Asks one snapshot question by question, and caches the results."""

    def __init__(
        self,
        load: Callable[[], PinnedSearchService],
        collection: str,
        engine: PinnedSearchService | None = None,
        compose: Compose | None = None,
    ) -> None:
        """Takes ``load``, which creates ``engine`` if there is none (any more). ``collection`` is the one that the service
        answers from (empty: all), for questions that name none. ``compose`` makes the replies to golden questions; without it
        they have the decision of the search.
        """
        self._load, self._engine, self._compose = load, engine, compose
        self._collection = collection
        self._composed: dict[ReplayQuestion, ReplayResult] = {}
        self._known: dict[tuple[str, str, str, int], RetrievalResult] = {}

    @property
    def engine(self) -> PinnedSearchService:
        """Returns the engine on the snapshot. Raises ``SnapshotUnusable`` if it has been removed."""
        if self._engine is None:
            self._engine = self._load()
        return self._engine

    def release_snapshot(self) -> bool:
        """Releases the snapshot, which is 300 MB, and keeps the results. Returns false if there was none."""
        was_loaded, self._engine = self._engine is not None, None
        return was_loaded

    def ask(self, questions: Sequence[ReplayQuestion], progress: Progress | None = None) -> list[ReplayResult]:
        """Returns the result of each of ``questions``, in order."""
        results = []
        for number, question in enumerate(questions, start=1):
            results.append(self._answered(question))
            if progress:
                progress(number, len(questions))
        return results

    def knows(self, question: ReplayQuestion) -> bool:
        """Decides whether the result is cached."""
        if question.golden and self._compose:
            return question in self._composed
        return self._key(question.question, question.locale, question.collection, bool(question.golden)) in self._known

    def by_name(self, name: str, collection: str) -> list[Hit]:
        """Returns the first entries of ``collection`` for a title or wording, independent of the decision."""
        result = self._search(name, "fr", collection, deep=True)
        return [*result.hits, *result.rejected]

    def reached(self, hit: Hit) -> FoundEntry:
        """Returns ``hit`` with the part that would be shown."""
        entry = self.engine.entry(hit.entry_id, hit.collection)
        part: tuple[str, ...] = ()
        if entry is not None and hit.passage:
            part = next(((*one.headings, *one.cases) for one in passages(entry) if one.order == hit.passage), ())
        return FoundEntry(entry_id=hit.entry_id, version=hit.version, title=hit.title, part=part, local=hit.local)

    def _answered(self, question: ReplayQuestion) -> ReplayResult:
        if question in self._composed:
            return self._composed[question]
        result = self._replayed(self._search(question.question, question.locale, question.collection, bool(question.golden)))
        if question.golden and self._compose:
            result = self._composed[question] = self._as_citizens_get(question, result, self._compose)
        return result

    def _as_citizens_get(self, question: ReplayQuestion, result: ReplayResult, compose: Compose) -> ReplayResult:
        """Returns ``result`` with the decision of the dialogue and the pages that it shows first."""
        outcome, pages = compose(self.engine, question)
        known = {one.entry_id: one for one in result.found}
        shown = []
        for page in pages:
            entry = None if page in known else self.engine.entry(page)
            found = known.get(page) or (entry and FoundEntry(entry_id=page, version=entry.version, title=entry.title))
            shown += [found] if found else []
        rest = (one for one in result.found if one.entry_id not in pages)
        decision = _DECISIONS.get(outcome, "no_answer") if shown else "no_answer"  # an office is no page
        return result.model_copy(update={"decision": decision, "found": (*shown, *rest)})

    def _replayed(self, result: RetrievalResult) -> ReplayResult:
        found = (*result.hits, *result.rejected)
        first = tuple(self.reached(hit) for hit in found[:1])
        others = tuple(
            FoundEntry(entry_id=hit.entry_id, version=hit.version, title=hit.title, local=hit.local) for hit in found[1:]
        )
        return ReplayResult(decision=result.decision, confidence=result.confidence, found=(*first, *others))

    def _search(self, question: str, locale: str, collection: str, deep: bool) -> RetrievalResult:
        key = self._key(question, locale, collection, deep)
        if key not in self._known:
            self._known[key] = self.engine.search(question, locale=locale, collection=key[2] or None, limit=key[3])
        return self._known[key]

    def _key(self, question: str, locale: str, collection: str, deep: bool) -> tuple[str, str, str, int]:
        return question, locale, collection or self._collection, _DEPTH if deep else _REAL_DEPTH


def shadowed(changes: Iterable[Change], before: Replay, after: Replay) -> list[Shadowed]:
    """Returns entries that do not come first for their own title or wordings, among those that change and those near them."""
    near: dict[tuple[str, str], None] = {}
    for change in islice(changes, _NEIGHBOURS):  # an import may change thousands
        for replay in (before, after):
            entry = replay.engine.entry(change.entry_id, change.collection)
            if entry is None:
                continue
            if replay is after:
                near.setdefault((entry.collection, entry.id))
            for name in _names(entry):
                near.update(dict.fromkeys((hit.collection, hit.entry_id) for hit in after.by_name(name, change.collection)))
    found: dict[str, Shadowed] = {}
    for collection, entry_id in list(near)[:_NEIGHBOURS]:
        entry = after.engine.entry(entry_id, collection)
        for name in _names(entry) if entry else ():
            one = _shadow(entry, name, before, after) if entry else None
            if one and (entry_id not in found or one.was_first):
                found[entry_id] = one
    known = {change.entry_id for change in changes}
    return [one for one in found.values() if one.was_first or one.entry_id in known]


def _names(entry: Entry) -> list[str]:
    return [entry.title, *entry.wordings][:_NAMES]


def _shadow(entry: Entry, name: str, before: Replay, after: Replay) -> Shadowed | None:
    """Returns how ``entry`` is shadowed for ``name``; ``None`` if it is first, or if an entry with the same title is."""
    hits = after.by_name(name, entry.collection)
    if not hits or hits[0].entry_id == entry.id or hits[0].title.casefold() == entry.title.casefold():
        return None
    earlier = before.by_name(name, entry.collection)
    return Shadowed(
        entry_id=entry.id,
        title=entry.title,
        name=name,
        by=after.reached(hits[0]),
        was_first=bool(earlier) and earlier[0].entry_id == entry.id,
    )
