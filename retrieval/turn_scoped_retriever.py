"""One snapshot per turn: an answer uses the same snapshot from beginning to end, even when another becomes active."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar

from core.entry import Entry
from retrieval.contracts import PageSentence, RetrievalResult, Status, Vectors
from retrieval.explanation import Explanation, explain
from retrieval.pinned_service import PinnedSearchService
from retrieval.service import SearchService
from retrieval.synonym_trial import Trial, TrialResult, try_group
from retrieval.topic_trial import TopicTrial, TopicTrialResult, try_topic

_BEGUN = 32  # turns with a search in advance


class TurnScopedRetriever:
    """A ``Retriever`` that keeps to one snapshot within ``with steady.turn():``, also in threads started there.

    Outside of a turn it uses the engine directly. Safe to call from one event loop.
    """

    def __init__(self, engine: SearchService) -> None:
        self._engine = engine
        self._held: ContextVar[PinnedSearchService | None] = ContextVar("held", default=None)
        self._begun: OrderedDict[str, PinnedSearchService] = OrderedDict()

    def ahead(self, message: str) -> PinnedSearchService | None:
        """Returns the engine for the coming turn of ``message`` (an id), so that its search can begin early; ``None`` before
        the first snapshot. Call ``forget`` if the turn does not come, because the engine keeps its snapshot in memory.
        """
        engine = PinnedSearchService.of(self._engine)
        if engine is not None:
            self._begun[message] = engine
            if len(self._begun) > _BEGUN:
                self._begun.popitem(last=False)
        return engine

    def forget(self, message: str) -> None:
        """Discards the engine prepared for ``message``."""
        self._begun.pop(message, None)

    @contextmanager
    def turn(self, message: str = "") -> Iterator[None]:
        """Answers everything within the block from one snapshot: the present one, or that of ``ahead(message)``."""
        token = self._held.set(self._begun.pop(message, None) or PinnedSearchService.of(self._engine))
        try:
            yield
        finally:
            self._held.reset(token)

    def search(
        self, query: str, *, locale: str = "fr", collection: str | None = None, audience: str | None = None, limit: int = 5
    ) -> RetrievalResult:
        held = self._held.get()
        found = held.begun((query, locale, collection, audience, limit)) if held else None
        return found or self._now.search(query, locale=locale, collection=collection, audience=audience, limit=limit)

    def embed(self, text: str) -> Vectors:
        """Returns the vector (dimension) of a query; within a turn, vectors that its searches computed are reused."""
        return self._now._embed(text)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        return self._now.entry(entry_id, collection)

    def local_page(self, entry: Entry, query: str) -> Entry | None:
        return self._now.local_page(entry, query)

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        return self._now.best_passage(entry, query, among)

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        return self._now.ranked_passages(entry, query)

    def part_likelihood(self, entry: Entry, query: str) -> float:
        return self._now.part_likelihood(entry, query)

    def part_odds(self, entry: Entry, query: str) -> Mapping[int, float]:
        return self._now.part_odds(entry, query)

    def sentence_worth(self, entry: Entry, query: str, sentences: Sequence[PageSentence]) -> list[float]:
        return self._now.sentence_worth(entry, query, sentences)

    def spoken(self, entry: Entry, wanted: Set[str]) -> Set[str]:
        return self._now.spoken(entry, wanted)

    def status(self) -> Status:
        return self._now.status()

    def explain(self, query: str, *, locale: str, collection: str | None, entry_id: str) -> Explanation:
        """Returns the explanation of the answer to ``query``. Raises ``LookupError`` before the first snapshot."""
        return explain(self._pinned(), query, locale=locale, collection=collection, entry_id=entry_id)

    def try_group(self, trial: Trial) -> TrialResult:
        """Returns the effect of a group of synonyms. Raises ``LookupError`` before the first snapshot."""
        return try_group(self._pinned(), trial)

    def try_topic(self, trial: TopicTrial) -> TopicTrialResult:
        """Returns the effect of another administration's topic. Raises ``LookupError`` before the first snapshot."""
        return try_topic(self._pinned(), trial)

    def _pinned(self) -> PinnedSearchService:
        pinned = PinnedSearchService.of(self._engine)
        if pinned is None:
            raise LookupError("there is no snapshot yet")
        return pinned

    @property
    def _now(self) -> SearchService:
        return self._held.get() or self._engine
