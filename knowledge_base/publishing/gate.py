"""The gate: builds a candidate, replays questions on it and on the active snapshot, and reports the differences."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.collecting import settle
from core.database import Database
from core.entry import Entry
from knowledge_base.publishing.candidate import Intended, Shelf, intended
from knowledge_base.publishing.comparing import compare
from knowledge_base.publishing.contracts import Asked, Change, Report
from knowledge_base.publishing.questions import Questions, questions
from knowledge_base.publishing.replaying import Replay, shadowed
from knowledge_base.serving import fetch
from retrieval.contracts import Embedder
from retrieval.embedding.query_cache import CachedQueryEmbedder
from retrieval.index.catalogue import Listed
from retrieval.pinned_service import PinnedSearchService
from retrieval.query.synonym_lists import DESK_LIST, SynonymLists
from retrieval.query.synonyms import Synonyms
from retrieval.snapshots.shared import SharedSnapshots
from retrieval.snapshots.snapshot import Snapshot, load_snapshot
from retrieval.threads import limit_search_threads

_KNOWN = 2  # snapshots whose replays are cached
_KEPT_SECONDS = 60.0  # kept for the next publication, which often follows: each snapshot is 300 MB and takes a second to load
type Tell = Callable[[str, int, int], None]  # step, done, total


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate and the gate's verdict. ``base`` is the snapshot that it was compared with, empty if there was none."""

    candidate: str
    content: str
    base: str
    report: Report


class Gate:
    """Judges one publication after another. Results per snapshot are cached as long as the synonyms stay the same."""

    def __init__(
        self,
        database: Database,
        home: Path,
        *,
        collection: str = "",
        synonyms: Path | None = None,
        most: int = 300,
        shared: SharedSnapshots | None = None,
    ) -> None:
        """Takes ``most``, the number of real questions to replay, and ``collection``, which the service answers from (empty:
        all).

        ``shared`` is the place through which machines exchange snapshots.
        """
        limit_search_threads()  # a pinned engine does not set this itself: elsewhere one is made for each turn
        self.shelf = Shelf(home, shared)
        self._database, self._collection, self._most = database, collection, most
        self._synonyms = SynonymLists(home / DESK_LIST, synonyms)
        self._known: tuple[Synonyms, dict[str, Replay]] = (self._synonyms.current, {})
        self._judged = -_KEPT_SECONDS

    async def judge(self, changes: Sequence[Change], embedder: Embedder, tell: Tell = lambda *_: None) -> Judged:
        """Returns the candidate with the verdict. Raises ``CannotPublish``, ``ValueError`` (nothing to publish) and the
        embedder's exceptions; nothing has changed then.
        """
        asked = await questions(self._database, most=self._most)
        loop = asyncio.get_running_loop()

        def read(wanted: Sequence[Listed]) -> list[Entry]:  # called by the thread that builds
            return asyncio.run_coroutine_threadsafe(fetch(self._database, wanted), loop).result()

        entries = await intended(self._database, changes, read)
        return await asyncio.to_thread(self._judge, changes, entries, asked, embedder, tell)

    async def warm(self, embedder: Embedder, most: int = 20) -> bool:
        """Asks the active snapshot ``most`` new questions in advance for the next publication.

        Returns false if there were none. Raises the embedder's exceptions.
        """
        asked = (await questions(self._database, most=self._most)).asked
        active = await asyncio.to_thread(self.shelf.snapshots.active)
        known = self._known[1].get(active)
        fresh = [one for one in asked if known is None or not known.knows(one)][:most]
        if not fresh or not active:
            return False
        await asyncio.to_thread(self._warm, active, fresh, embedder)
        return True

    def _warm(self, version: str, asked: Sequence[Asked], embedder: Embedder) -> None:
        remembered = CachedQueryEmbedder(embedder, self.shelf.home / "cache" / "questions")
        if version not in self._known[1]:
            self._replay(version, remembered)
        self._known[1][version].ask(asked)
        remembered.save()

    async def build(self, embedder: Embedder, version: str) -> Snapshot:
        """Builds the published content of the database as ``version``, for a node that was absent when it was judged."""
        loop = asyncio.get_running_loop()

        def read(wanted: Sequence[Listed]) -> list[Entry]:
            return asyncio.run_coroutine_threadsafe(fetch(self._database, wanted), loop).result()

        entries = await intended(self._database, (), read)
        return await asyncio.to_thread(self.shelf.build, entries, embedder, None, version)

    def _judge(self, changes: Sequence[Change], entries: Intended, asked: Questions, embedder: Embedder, tell: Tell) -> Judged:
        started = time.monotonic()
        tell("building", 0, 0)
        remembered = CachedQueryEmbedder(embedder, self.shelf.home / "cache" / "questions")
        base, served = self.shelf.snapshots.active(), self.shelf.answering()
        candidate = self.shelf.build(entries, embedder, lambda done, total: tell("building", done, total))
        if not served or candidate.version == served:
            report = Report(verdict="clear", changes=tuple(changes))
            return Judged(candidate.version, candidate.manifest.content, base, report)
        before, after = self._replay(served, remembered), self._replay(candidate.version, remembered, candidate)
        count = len(asked.asked)
        old = before.ask(asked.asked, lambda done, _: tell("replaying", done, 2 * count))
        new = after.ask(asked.asked, lambda done, _: tell("replaying", count + done, 2 * count))
        tell("shadows", 0, 0)
        hidden = shadowed(changes, before, after)
        remembered.save()
        report = compare(asked.asked, old, new, changes=changes, shadowed=hidden, left_out=asked.left_out)
        self._judged = time.monotonic()
        report = report.model_copy(update={"seconds": round(self._judged - started, 1)})
        return Judged(candidate.version, candidate.manifest.content, base, report)

    def rest(self) -> None:
        """Releases the snapshots a minute after the last publication; the cached results stay."""
        if time.monotonic() - self._judged < _KEPT_SECONDS:
            return
        held = [replay for replay in self._known[1].values() if replay.rest()]
        if held:
            settle()

    def _replay(self, version: str, embedder: CachedQueryEmbedder, snapshot: Snapshot | None = None) -> Replay:
        """Returns a replay of the snapshot ``version``, a cached one if possible.

        The two used last are kept, so that the active one stays cached although candidates are dropped or taken back.
        """
        self._synonyms.refresh()
        if self._known[0] is not self._synonyms.current:
            self._known = (self._synonyms.current, {})
        replays = self._known[1]
        known = replays.pop(version, None)
        if known is None:
            engine = self._engine(snapshot, embedder) if snapshot else None
            load = partial(load_snapshot, self.shelf.snapshots, version, embedder)
            known = Replay(lambda: self._engine(load(), embedder), self._collection, engine)
        replays[version] = known
        while len(replays) > _KNOWN:
            del replays[next(iter(replays))]
        return known

    def _engine(self, snapshot: Snapshot, embedder: CachedQueryEmbedder) -> PinnedSearchService:
        snapshot.vocabulary.prepare()
        return PinnedSearchService(snapshot, embedder, synonyms=self._synonyms)
