"""An engine on one fixed snapshot, active or not. Publications use it to find out what would change."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence

from retrieval.contracts import Embedder, RetrievalResult, Vectors
from retrieval.decision.scope import ScopeModel
from retrieval.decision.topics import TopicList
from retrieval.query.synonym_lists import SynonymLists
from retrieval.query.synonyms import Group, Synonyms
from retrieval.service import SearchService
from retrieval.snapshots.snapshot import Snapshot

_REMEMBERED = 8  # cached queries
type Asked = tuple[str, str, str | None, str | None, int]
"""What a search is for: query, locale, collection, audience, limit."""


class PinnedSearchService(SearchService):
    """Searches ``snapshot`` only, even when another one becomes active."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        *,
        synonyms: SynonymLists | None = None,
        scope: ScopeModel | None = None,
        topics: TopicList | None = None,
    ) -> None:
        """Takes ``scope``, the model of what is in scope; without one every message is a question. ``topics``: those of other
        administrations; without them, nothing is handed on.
        """
        self._pinned = snapshot
        self._embedder = embedder
        self._synonyms = synonyms or SynonymLists()
        self._scope = scope
        self._topics = topics or TopicList("")
        self._parts = None
        self._analysis = None
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._searching = threading.Lock()
        self._asked = False
        self._begun: tuple[Asked, RetrievalResult] | None = None

    @classmethod
    def of(cls, engine: SearchService) -> PinnedSearchService | None:
        """Returns an engine pinned to the present snapshot of ``engine``; ``None`` before the first snapshot."""
        snapshot = engine._current()
        if snapshot is None:
            return None
        return cls(snapshot, engine._embedder, synonyms=engine._synonyms, scope=engine._scope, topics=engine._topics)

    @property
    def snapshot(self) -> Snapshot:
        return self._pinned

    @property
    def refused(self) -> str:
        """Returns an empty string: the choice of the snapshot does not depend on the active one."""
        return ""

    @property
    def synonyms(self) -> Synonyms:
        """Returns all synonyms in use here."""
        return self._synonyms.current

    @property
    def own_synonyms(self) -> tuple[Group, ...]:
        """Returns the administration's own groups among them."""
        return self._synonyms.own

    @property
    def topics(self) -> TopicList:
        """Returns the topics of other administrations."""
        return self._topics

    def with_synonyms(self, synonyms: SynonymLists) -> PinnedSearchService:
        """Returns the same engine with other synonyms. Both share the cache of embedded queries."""
        return self._with(synonyms, self._topics)

    def with_topics(self, topics: TopicList) -> PinnedSearchService:
        """Returns the same engine with other topics. Both share the cache of embedded queries."""
        return self._with(self._synonyms, topics)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Returns the vectors of queries."""
        return self._embedder.embed_queries(texts)

    def _with(self, synonyms: SynonymLists, topics: TopicList) -> PinnedSearchService:
        other = PinnedSearchService(self._pinned, self._embedder, synonyms=synonyms, scope=self._scope, topics=topics)
        other._vectors = self._vectors
        return other

    def begin(self, query: str, *, locale: str, collection: str | None, limit: int) -> None:
        """Begins a search in advance. The first identical ``search`` gets its result, and waits for it if necessary."""
        with self._searching:
            if not self._asked:
                found = self.search(query, locale=locale, collection=collection, limit=limit)
                self._begun = ((query, locale, collection, None, limit), found)

    def begun(self, asked: Asked) -> RetrievalResult | None:
        """Returns the result of ``begin``, if the first search asks for the same. ``waited`` in its ``timings_ms`` is the time
        spent waiting.
        """
        came = time.perf_counter()
        with self._searching:
            begun, self._begun, self._asked = self._begun, None, True
        if begun is None or begun[0] != asked:
            return None
        waited = round((time.perf_counter() - came) * 1000, 3)
        return begun[1].model_copy(update={"timings_ms": {**begun[1].timings_ms, "waited": waited}})

    def _embed(self, text: str, *, again: bool = False) -> Vectors:
        """Returns the vector of a query. Recent vectors are cached, because one turn may search for the same text in several
        ways.
        """
        vector = self._vectors.get(text)
        if vector is None:
            vector = self._vectors[text] = self._embedder.embed_queries([text])[0]
            if len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return vector

    def _current(self) -> Snapshot:
        return self._pinned
