"""The gate: builds a candidate, replays questions on it and on the active snapshot, and reports the differences."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from core.database import Database
from core.entry import Entry
from core.garbage_collection import freeze_long_lived
from knowledge_base.entries.served_content import fetch
from knowledge_base.publishing.candidate import IntendedContent, NodeSnapshots, intended_content
from knowledge_base.publishing.comparison import compare
from knowledge_base.publishing.contracts import Change, Compose, Judgement, ReplayQuestion, Report
from knowledge_base.publishing.questions import SelectedQuestions, questions
from knowledge_base.publishing.replay import Replay, shadowed
from retrieval.contracts import Embedder, model_id
from retrieval.decision import scope
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
type ReportStep = Callable[[str, int, int], None]  # step, done, total


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
        compose: Compose | None = None,
    ) -> None:
        """Takes ``most``, the number of real questions to replay, and ``collection``, which the service answers from (empty:
        all).

        ``shared`` is the place through which machines exchange snapshots. ``compose`` makes the replies to golden questions.
        """
        limit_search_threads()  # a pinned engine does not set this itself: elsewhere one is made for each turn
        self.node_snapshots = NodeSnapshots(home, shared)
        self._database, self._collection, self._most, self._compose = database, collection, most, compose
        self._synonyms = SynonymLists(home / DESK_LIST, synonyms)
        self._known: tuple[Synonyms, dict[str, Replay]] = (self._synonyms.current, {})
        self._judged = -_KEPT_SECONDS

    async def judge(
        self, changes: Sequence[Change], embedder: Embedder, report_step: ReportStep = lambda *_: None
    ) -> Judgement:
        """Returns the candidate with the verdict. Raises ``CannotPublish``, ``ValueError`` (nothing to publish) and the
        embedder's exceptions; nothing has changed then.
        """
        questions_to_ask = await questions(self._database, most=self._most)
        entries = await self._content(changes)
        return await asyncio.to_thread(self._judge, changes, entries, questions_to_ask, embedder, report_step)

    async def warm(self, embedder: Embedder, most: int = 20) -> bool:
        """Asks the active snapshot ``most`` new questions in advance for the next publication.

        Returns false if there were none. Raises the embedder's exceptions.
        """
        recent = (await questions(self._database, most=self._most)).selected
        active = await asyncio.to_thread(self.node_snapshots.snapshots.active)
        known = self._known[1].get(active)
        unanswered = [one for one in recent if known is None or not known.knows(one)][:most]
        if not unanswered or not active:
            return False
        await asyncio.to_thread(self._warm, active, unanswered, embedder)
        return True

    def _warm(self, version: str, chosen: Sequence[ReplayQuestion], embedder: Embedder) -> None:
        cached_embedder = CachedQueryEmbedder(embedder, self.node_snapshots.home / "cache" / "questions")
        if version not in self._known[1]:
            self._replay(version, cached_embedder)
        self._known[1][version].ask(chosen)
        cached_embedder.save()

    async def build(self, embedder: Embedder, version: str) -> Snapshot:
        """Builds the published content of the database as ``version``, for a node that was absent when it was judged."""
        entries = await self._content(())
        return await asyncio.to_thread(self.node_snapshots.build, entries, embedder, None, version)

    async def _content(self, changes: Sequence[Change]) -> IntendedContent:
        """Returns the published content with ``changes``. The thread that builds reads entries through this event loop."""
        loop = asyncio.get_running_loop()

        def read(wanted: Sequence[Listed]) -> list[Entry]:
            return asyncio.run_coroutine_threadsafe(fetch(self._database, wanted), loop).result()

        return await intended_content(self._database, changes, read)

    def _judge(
        self,
        changes: Sequence[Change],
        entries: IntendedContent,
        questions_to_ask: SelectedQuestions,
        embedder: Embedder,
        report_step: ReportStep,
    ) -> Judgement:
        started = time.monotonic()
        report_step("building", 0, 0)
        cached_embedder = CachedQueryEmbedder(embedder, self.node_snapshots.home / "cache" / "questions")
        base, served = self.node_snapshots.snapshots.active(), self.node_snapshots.version_in_use()
        candidate = self.node_snapshots.build(entries, embedder, lambda done, total: report_step("building", done, total))
        if not served or candidate.version == served:
            report = Report(verdict="clear", changes=tuple(changes))
            return Judgement(candidate=candidate.version, content=candidate.manifest.content, base=base, report=report)
        before, after = self._replay(served, cached_embedder), self._replay(candidate.version, cached_embedder, candidate)
        count = len(questions_to_ask.selected)
        old = before.ask(questions_to_ask.selected, lambda done, _: report_step("replaying", done, 2 * count))
        new = after.ask(questions_to_ask.selected, lambda done, _: report_step("replaying", count + done, 2 * count))
        report_step("shadows", 0, 0)
        hidden = shadowed(changes, before, after)
        cached_embedder.save()
        report = compare(
            questions_to_ask.selected, old, new, changes=changes, shadowed=hidden, left_out=questions_to_ask.left_out
        )
        self._judged = time.monotonic()
        report = report.model_copy(update={"seconds": round(self._judged - started, 1)})
        return Judgement(candidate=candidate.version, content=candidate.manifest.content, base=base, report=report)

    def release_snapshots(self) -> None:
        """Releases the snapshots a minute after the last publication; the cached results stay."""
        if time.monotonic() - self._judged < _KEPT_SECONDS:
            return
        released = [replay for replay in self._known[1].values() if replay.release_snapshot()]
        if released:
            freeze_long_lived()

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
            load = partial(load_snapshot, self.node_snapshots.snapshots, version, embedder)
            known = Replay(lambda: self._engine(load(), embedder), self._collection, engine, self._compose)
        replays[version] = known
        while len(replays) > _KNOWN:
            del replays[next(iter(replays))]
        return known

    def _engine(self, snapshot: Snapshot, embedder: CachedQueryEmbedder) -> PinnedSearchService:
        snapshot.vocabulary.prepare()
        judge_scope = scope.read(model_id(embedder), self.node_snapshots.home / "scope.json", scope.COMMITTED)
        return PinnedSearchService(snapshot, embedder, synonyms=self._synonyms, scope=judge_scope)
