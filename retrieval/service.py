"""The engine: searches the active snapshot, and changes to a new snapshot when one becomes active."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.entry import Entry
from core.languages.detection import detect
from retrieval.clock import Clock
from retrieval.contracts import Embedder, Hit, PageSentence, RetrievalResult, Status, Vectors, model_id
from retrieval.decision import scope
from retrieval.decision.confidence import LOOKED_AT, features
from retrieval.decision.decide import ENQUIRY, decide, judge
from retrieval.decision.topics import TOPICS_FILE, TopicList
from retrieval.index.passage_terms import passage_terms
from retrieval.passages.choice import Asked, Chosen, Nearness, choose_passages
from retrieval.passages.sentence_worth import PageRead, sentence_worth
from retrieval.query.foreign import foreign_query
from retrieval.query.query import Query, analyse
from retrieval.query.synonym_lists import DESK_LIST, SynonymLists
from retrieval.ranking.fusion import Meaning, Ranked, candidates, fuse, lexical_scores
from retrieval.ranking.reranker import REORDERED, VALUES, Values, reorder, title_equals, values
from retrieval.ranking.twins import newer_first, one_of_twins
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.follower import SnapshotFollower
from retrieval.snapshots.snapshot import Snapshot
from retrieval.terms.analysis import terms, words
from retrieval.threads import limit_search_threads

CHECK_SECONDS = 1.0
QUERY_CHARACTERS = 2000
Mask = NDArray[np.bool_]


class SearchService:
    """Implements ``retrieval.contracts.Retriever``. Safe to call from several threads.

    Each search uses one snapshot from beginning to end: the one that ``SnapshotFollower`` holds.
    """

    def __init__(
        self,
        snapshots_folder: Path,
        embedder: Embedder,
        *,
        synonyms: Path | None = None,
        check_seconds: float = CHECK_SECONDS,
        falls_back: bool = False,
    ) -> None:
        """Takes ``synonyms``, the operator's list. It is used together with the built-in list and the desk's (``DESK_LIST``,
        next to the snapshots, as ``TOPICS_FILE`` is); changes of these files are picked up. ``falls_back``: if the active
        snapshot cannot be used, the last good one is; otherwise ``SnapshotUnusable`` is raised.
        """
        self._synonyms = SynonymLists(snapshots_folder.parent / DESK_LIST, synonyms)
        self._topics = TopicList(model_id(embedder), snapshots_folder.parent / TOPICS_FILE)
        self._embedder = embedder
        self._scope = scope.read(model_id(embedder), snapshots_folder.parent / "scope.json", scope.COMMITTED)
        self._last: tuple[str, Vectors] | None = None
        self._parts: tuple[tuple[str, int, str], Chosen] | None = None
        self._analysis: tuple[tuple[str, int, str, str], Query] | None = None
        limit_search_threads()
        self._follower = SnapshotFollower(
            Snapshots(snapshots_folder), embedder, check_seconds=check_seconds, falls_back=falls_back
        )

    @property
    def snapshot(self) -> Snapshot | None:
        """Returns the snapshot in use, or ``None`` before the first is built."""
        return self._follower.snapshot

    @property
    def refused(self) -> str:
        """Returns why the active snapshot is not in use; empty if it is, or if there is none."""
        return self._follower.refused

    def refresh(self) -> None:
        """Loads the active snapshot now if it is not yet in use (``SnapshotFollower.refresh``)."""
        self._follower.refresh()

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        snapshot = self._current()
        return snapshot.entries.find(entry_id, collection) if snapshot else None

    def local_page(self, entry: Entry, query: str) -> Entry | None:
        """Implements ``retrieval.contracts.Retriever``."""
        snapshot = self._current()
        place = _place(snapshot, entry) if snapshot else None
        return None if snapshot is None or place is None else snapshot.local_pages.of(place, query)

    def best_passage(self, entry: Entry, query: str, among: Sequence[int] | None = None) -> int:
        """Returns the order of the best passage of ``entry``, of those in ``among``; their first one if nothing distinguishes
        them.
        """
        return self._chosen(entry, query, among).begin

    def ranked_passages(self, entry: Entry, query: str) -> list[int]:
        """Returns the best passage of each part of ``entry``, best part first; none if the query is empty."""
        return self._chosen(entry, query, None).ranked

    def part_likelihood(self, entry: Entry, query: str) -> float:
        """Returns the probability (0 to 1) that the first-ranked part answers; 1 if the query is empty."""
        return self._chosen(entry, query, None).likelihood

    def part_odds(self, entry: Entry, query: str) -> Mapping[int, float]:
        """Implements ``retrieval.contracts.Retriever``. Returns nothing if the query is empty."""
        return self._chosen(entry, query, None).odds

    def sentence_worth(self, entry: Entry, query: str, sentences: Sequence[PageSentence]) -> list[float]:
        """Implements ``retrieval.contracts.Retriever``."""
        snapshot = self._current()
        if snapshot is None or not sentences or not any(character.isalnum() for character in query):
            return [0.0] * len(sentences)
        return sentence_worth(self.page_read(snapshot, entry, query), sentences)

    def page_read(self, snapshot: Snapshot, entry: Entry, query: str) -> PageRead:
        """Returns ``entry`` in relation to ``query``. ``train sentences`` learns from it."""
        rarity = snapshot.lexical.rarity
        asked, place = self._analysed(snapshot, query, detect(query)), _place(snapshot, entry)
        near: Mapping[int, float] = {}
        if place is not None and entry.questions:
            near = snapshot.questions.of(self._embed(asked.text), place)
        said = {word: weight * rarity(word) for word, weight in asked.weights.items()}
        return PageRead(entry, Asked.of(asked, entry.title, rarity), said, near, self.part_odds(entry, query))

    def spoken(self, entry: Entry, wanted: Set[str]) -> Set[str]:
        """Returns those of the index terms ``wanted`` that occur in ``entry``."""
        snapshot = self._current()
        place = _place(snapshot, entry) if snapshot else None
        if snapshot is None or place is None:
            within = frozenset[str]().union(*(one.spoken for one in passage_terms(entry)))
        else:
            within = snapshot.terms.spoken(place, wanted)
        return wanted & (within | set(terms(entry.title)))

    def _chosen(self, entry: Entry, query: str, among: Sequence[int] | None) -> Chosen:
        snapshot = self._current()
        if snapshot is None or not any(character.isalnum() for character in query):
            return Chosen(among[0] if among else 0, [])
        place = _place(snapshot, entry)
        if place is None:
            asked = self._analysed(snapshot, query, "fr")
            rarity = snapshot.lexical.rarity
            return choose_passages(asked, entry, passage_terms(entry), Nearness(), rarity, among, stage=snapshot.manifest.stage)
        known = self._parts
        if among is None and known and known[0] == (snapshot.version, place, query):
            return known[1]
        asked = self._analysed(snapshot, query, detect(query))
        chosen = _passages(snapshot, place, entry, asked, self._embed(asked.text), among)
        if among is None:
            self._parts = ((snapshot.version, place, query), chosen)  # several questions in a row concern one page
        return chosen

    def status(self) -> Status:
        """Returns the status of the snapshot in use. Raises ``LookupError``, with the reason, if no snapshot can be used."""
        snapshot = self._current()
        if snapshot is None:
            raise LookupError(self.refused or "there is no snapshot yet")
        manifest = snapshot.manifest
        entries = manifest.counts["entries"]
        return Status(snapshot=manifest.version, stage=manifest.stage, entries=entries, refused=self.refused)

    def search(
        self,
        query: str,
        *,
        locale: str = "fr",
        collection: str | None = None,
        audience: str | None = None,
        limit: int = 5,
        withheld: Collection[str] = (),
    ) -> RetrievalResult:
        """Returns the ``limit`` best entries for ``query``, with a decision.

        ``locale`` is the language that the user chose. The language of the query itself is detected.

        Entries whose ids are ``withheld`` are treated as if they were not in the index; evaluations use this to ask questions
        without an answer. Before the first snapshot, and for a query without a letter or digit, the result has no hits.
        """
        clock = Clock()
        snapshot = self._current()
        if snapshot is None:
            return RetrievalResult(timings_ms=clock.finish())
        query = query[:QUERY_CHARACTERS]
        language = detect(query, locale)
        clock.mark("language")
        allowed = _without(snapshot, snapshot.allowed(collection, audience), withheld)
        ranked, asked, vector = self._rank(snapshot, query, language, allowed, max(limit, LOOKED_AT), clock, audience)
        if not ranked:
            return RetrievalResult(snapshot=snapshot.version, language=language, timings_ms=clock.finish())
        model = snapshot.calibration.stages[snapshot.manifest.stage]
        found_as, shown_as = snapshot.local_pages.merged(ranked, allowed)
        rivals = one_of_twins(found_as, snapshot.newer_twins)
        confidence = model.probability(self.features(snapshot, rivals, asked), language)
        ranked = one_of_twins(newer_first(shown_as, snapshot.newer_twins), snapshot.newer_twins)
        judged = ENQUIRY
        if not model.sure(confidence):
            judged = judge(self._scope, asked, vector, snapshot, self._embedder, self._synonyms)
        decision = decide(model, confidence, judged)
        nearest = max(max(one.section, one.head) for one in ranked)
        topic = self._topics.of(vector, nearest) if decision != "answered" else None
        # Only the passage of the first entry is shown at once, so it is chosen with care; for the others the nearest is taken.
        first = ranked[0].place
        parts = _passages(snapshot, first, snapshot.entries.at(first), asked, vector)
        self._parts = ((snapshot.version, first, query), parts)  # an answer also offers the next best parts
        others = (_hit(snapshot, candidate, candidate.nearest) for candidate in ranked[1:limit])
        hits = (_hit(snapshot, ranked[0], parts.begin), *others)
        clock.mark("choose")
        found = decision != "no_answer"
        return RetrievalResult(
            hits=hits if found else (),
            rejected=() if found else hits,
            confidence=confidence,
            decision=decision,
            local=snapshot.local_pages.is_local(found_as[0].place),
            topic=topic,
            scope=judged.scope,
            snapshot=snapshot.version,
            language=language,
            understood=asked.text,
            unknown=decision != "answered" and language == "fr" and _unknown(snapshot, asked.text, "" if found else query),
            timings_ms=clock.finish(),
        )

    def rank(
        self, query: str, *, collection: str | None = None, limit: int = LOOKED_AT, withheld: Collection[str] = ()
    ) -> tuple[Snapshot, list[Ranked], Query]:
        """Returns the ranking behind a search, without a decision. Requires an active snapshot."""
        snapshot = self._needed()
        allowed = _without(snapshot, snapshot.allowed(collection, None), withheld)
        return snapshot, *self._rank(snapshot, query, detect(query), allowed, limit, Clock())[:2]

    def candidates(
        self, query: str, *, collection: str | None = None, withheld: Collection[str] = ()
    ) -> tuple[Snapshot, list[Ranked], Values, Query]:
        """Returns the input of the reranker: its candidates, and their values. ``calibrate`` learns from it."""
        snapshot = self._needed()
        allowed = _without(snapshot, snapshot.allowed(collection, None), withheld)
        return snapshot, *self._candidates(snapshot, query, detect(query), allowed, REORDERED, Clock())[:3]

    def _needed(self) -> Snapshot:
        snapshot = self._current()
        if snapshot is None:
            raise SnapshotUnusable("There is no active snapshot: run `./guichet index build`.")
        return snapshot

    def passage(self, query: str, entry_id: str, collection: str | None = None) -> int:
        """Returns the order of the passage of this entry that fits ``query`` best. Raises ``LookupError`` for an unknown
        entry.
        """
        snapshot = self._current()
        place = snapshot.entries.place(entry_id, collection) if snapshot else None
        if snapshot is None or place is None:
            raise LookupError(f"there is no entry {entry_id} in the active snapshot")
        query = query[:QUERY_CHARACTERS]
        if not any(character.isalnum() for character in query):
            return 0
        asked = self._analysed(snapshot, query, detect(query))
        return _passages(snapshot, place, snapshot.entries.at(place), asked, self._embed(asked.text)).begin

    @staticmethod
    def features(snapshot: Snapshot, ranked: list[Ranked], asked: Query) -> list[float]:
        """Returns the features for the confidence model, of a ranking that is not empty."""
        first = ranked[0].place
        names = [snapshot.title_terms(first), *map(terms, snapshot.entries.at(first).wordings)]
        return features(ranked, asked, names, snapshot.lexical.rarity)

    def _rank(
        self,
        snapshot: Snapshot,
        query: str,
        language: str,
        allowed: Mask | None,
        limit: int,
        clock: Clock,
        audience: str | None = None,
    ) -> tuple[list[Ranked], Query, Vectors]:
        count = max(limit, REORDERED)
        found, known, asked, vector = self._candidates(snapshot, query, language, allowed, count, clock, audience)
        named = title_equals(found, query, snapshot.entries.titles)
        ranked = reorder(found, known, snapshot.calibration.orders[snapshot.manifest.stage], limit, named)
        clock.mark("order")
        return ranked, asked, vector

    def _candidates(
        self,
        snapshot: Snapshot,
        query: str,
        language: str,
        allowed: Mask | None,
        count: int,
        clock: Clock,
        audience: str | None = None,
    ) -> tuple[list[Ranked], Values, Query, Vectors]:
        if not any(character.isalnum() for character in query) or (allowed is not None and not allowed.any()):
            return [], np.zeros((0, len(VALUES))), Query(query, []), np.zeros(0, np.float32)
        asked = self._analysed(snapshot, query, language)
        clock.mark("analyse")
        vector = self._embed(asked.text, again=True)
        clock.mark("embed")
        lexical = lexical_scores(snapshot.lexical, asked.weights, allowed)
        clock.mark("lexical")
        penalty = snapshot.audience_pages.penalty(asked.weights, audience)
        meaning = Meaning(snapshot.heads, snapshot.sections, vector)
        places = candidates(lexical, meaning, allowed, count, penalty)
        clock.mark("dense")
        found = fuse(lexical, meaning, places, count, penalty)
        clock.mark("fuse")
        known = values(
            found, asked, vector, snapshot.lexical, snapshot.sections, snapshot.questions, snapshot.title_terms, snapshot.priors
        )
        return found, known, asked, vector

    def _analysed(self, snapshot: Snapshot, query: str, language: str) -> Query:
        """Returns the analysed ``query``. The last one is cached: one turn asks several pages the same."""
        synonyms = self._synonyms.current
        key = (snapshot.version, id(synonyms), language, query)
        last = self._analysis  # another thread may replace the cached one meanwhile
        if last is None or last[0] != key:
            last = self._analysis = (key, foreign_query(query, language) or analyse(query, snapshot.vocabulary, synonyms))
        return last[1]

    def _embed(self, text: str, *, again: bool = False) -> Vectors:
        """Returns the vector of a query. The last one is cached, because the search for a passage follows right after the
        search for entries.
        """
        last = self._last
        if again or last is None or last[0] != text:
            last = self._last = (text, self._embedder.embed_queries([text])[0])
        return last[1]

    def _current(self) -> Snapshot | None:
        if self._follower.look():
            self._synonyms.refresh()
            self._topics.refresh()
        return self._follower.snapshot


def _place(snapshot: Snapshot, entry: Entry) -> int | None:
    """Returns the place of ``entry``; ``None`` if the index holds another version of it, or none."""
    place = snapshot.entries.place(entry.id, entry.collection)
    return place if place is not None and snapshot.entries.versions[place] == entry.version else None


def _unknown(snapshot: Snapshot, *texts: str) -> bool:
    """Decides whether no word of one of ``texts`` is known to the pages or a dictionary ("asdfgh")."""
    in_letters = [[word for word in words(text) if word.isalpha() and len(word) > 2] for text in texts]
    return any(letters and not any(map(snapshot.vocabulary.sound, letters)) for letters in in_letters)


def _without(snapshot: Snapshot, allowed: Mask | None, withheld: Collection[str]) -> Mask | None:
    """Returns ``allowed`` without the entries ``withheld``."""
    if not withheld:
        return allowed
    kept = ~np.isin(np.asarray(snapshot.entries.ids), list(withheld))
    return kept if allowed is None else kept & allowed


def _passages(
    snapshot: Snapshot, place: int, entry: Entry, asked: Query, vector: Vectors, among: Sequence[int] | None = None
) -> Chosen:
    """Returns the best passages, one of each part, of ``entry``, which is at ``place``."""
    near, held = nearness(snapshot, place, vector), snapshot.terms.passages(place, asked.added.union(asked.terms))
    return choose_passages(asked, entry, held, near, snapshot.lexical.rarity, among, stage=snapshot.manifest.stage)


def nearness(snapshot: Snapshot, place: int, vector: Vectors) -> Nearness:
    """Returns how near a question's ``vector`` is to the embedded texts of the entry at ``place``."""
    # Wordings count as passage 0, next to the sections: they identify the page, not its parts.
    sections = {order: score for order, score in snapshot.sections.of(vector, place).items() if order}
    return Nearness(next(iter(snapshot.heads.of(vector, place).values()), 0.0), sections)


def _hit(snapshot: Snapshot, candidate: Ranked, passage: int) -> Hit:
    entries, place = snapshot.entries, candidate.place
    return Hit(
        entry_id=entries.ids[place],
        collection=entries.collections[place],
        version=entries.versions[place],
        title=entries.titles[place],
        local=snapshot.local_pages.ids_of(place),
        score=round(candidate.score, 4),
        passage=passage,
        scores=candidate.parts(),
    )
