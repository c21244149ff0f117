"""The publisher: one process on each node, which carries out the desk's requests and follows the activations of other nodes."""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import httpx
import structlog

from core import broken_links
from core.action_server import action_server
from core.database import Database
from core.database.jobs import Jobs
from core.database.models import Publication
from core.desk_settings import keep_file_updated as keep_settings_updated
from core.full_disk import is_full
from core.repeating import repeating
from core.settings import Settings
from knowledge_base.import_tasks import Tasks
from knowledge_base.publishing import publication_queue
from knowledge_base.publishing.apply import CannotPublish
from knowledge_base.publishing.contracts import VERDICTS, Change, Compose, Judgement, State
from knowledge_base.publishing.due import request_due
from knowledge_base.publishing.gate import Gate
from knowledge_base.publishing.publications import request_of_source
from knowledge_base.quality.demand.background import SnapshotBackground
from knowledge_base.quality.demand.clustering import cluster
from knowledge_base.quality.drift.job import watch_quality
from knowledge_base.quality.facts.editor_task import raise_task as raise_fact_task
from knowledge_base.quality.links.job import watch_links, write_broken_links
from knowledge_base.rereading.job import reread_periodically
from knowledge_base.synonyms.list_file import keep_file_updated
from knowledge_base.topics.topic_file import keep_topics_updated
from places.offices.directory_file import FILE as DIRECTORY
from places.offices.directory_sync import sync_periodically as sync_directory
from places.offices.tasks import watch_offices
from retrieval.contracts import Embedder
from retrieval.decision.topics import TOPICS_FILE
from retrieval.query.synonym_lists import DESK_LIST
from retrieval.snapshots.folder import SnapshotUnusable
from retrieval.snapshots.sealed import SharedTorn
from retrieval.snapshots.shared import shared_snapshots
from retrieval.snapshots.snapshot import load_answering

log = structlog.get_logger(__name__)

_EVERY = 0.5  # seconds between two checks of the database
_EVERY_AT_MOST = 8.0
_SERVED_WITHIN = 20.0
_DEMAND_EVERY = timedelta(hours=1)
_JOBS_EVERY = 5.0  # seconds between two checks of the jobs
_UPLOADS_KEPT = timedelta(days=7)  # previews that nobody continued are removed after a week
_REST = 60.0  # seconds between two checks of the questions for the next publication, and at least
_TIMES_AS_LONG = 100  # times the duration of such a check, which is long with many questions in a month
_MODEL_MISSING = (
    "Le serveur d'actions n'a pas répondu : ce que lisent les citoyens n'a pas changé. Demandez de nouveau la publication. / "
    "The action server did not answer: what citizens read has not changed. Ask for the publication again."
)
_DISK_FULL = (
    "Le disque du serveur est plein : ce que lisent les citoyens n'a pas changé. Prévenez qui exploite le service, et demandez "
    "de nouveau la publication une fois la place faite. / "
    "The server's disk is full: what citizens read has not changed. Tell whoever runs the service, and ask for the publication "
    "again once there is room."
)


class Publisher:
    """The publisher; ``run()`` until ``stop()``. ``embedder`` connects to the running action server; ``compose`` makes the
    replies to golden questions.
    """

    def __init__(
        self, settings: Settings, database: Database, embedder: Callable[[], Embedder], compose: Compose | None = None
    ) -> None:
        self._settings, self._database, self._embedder = settings, database, embedder
        self._name = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._stopping = asyncio.Event()
        self._progress = ("", 0, 0)
        self._jobs = Jobs(database, self._name)
        self._prepare_again_at = self._jobs_at = 0.0
        self.gate = Gate(
            database,
            settings.home,
            collection=settings.collection,
            synonyms=settings.synonyms_file,
            most=settings.publish_questions,
            shared=shared_snapshots(settings),
            compose=compose,
        )

    async def run(self) -> None:
        """Checks for work, and for activations of other nodes, twice a second; less often after failures.

        Synonyms, topics, settings and the directory are followed, and sources re-read, in parallel: a publication may take a
        minute.
        """
        async with asyncio.TaskGroup() as background:
            background.create_task(keep_file_updated(self._database, self._settings.home / DESK_LIST, self._stopping))
            topics = self._settings.home / TOPICS_FILE
            background.create_task(keep_topics_updated(self._database, topics, self._embedder, self._stopping))
            background.create_task(sync_directory(self._database, self._settings.home / DIRECTORY, self._stopping))
            background.create_task(keep_settings_updated(self._database, self._settings.home, self._stopping))
            background.create_task(
                reread_periodically(self._database, self._settings, self._jobs, request_of_source, self._stopping)
            )
            await self._work_on()

    async def _work_on(self) -> None:
        log.info("publisher_ready", name=self._name)
        pause = _EVERY
        while not self._stopping.is_set():
            try:
                more = await self.work() or await self._prepare()
                pause = _EVERY
                if more:
                    continue
            except Exception:
                log.error("publisher_failed", exc_info=True)
                pause = min(2 * pause, _EVERY_AT_MOST)  # trying twice a second does not help with a full disk
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    def stop(self) -> None:
        """Ends after the current publication."""
        self._stopping.set()

    async def work(self) -> bool:
        """Carries out a waiting publication, and follows the newest activation. Returns false if there was neither."""
        await request_due(self._database)
        claimed = await publication_queue.claim_next(self._database, self._name)
        if claimed is not None:
            await self._carry_out(claimed)
        followed = await self.follow()
        return claimed is not None or followed

    async def _prepare(self) -> bool:
        """Asks the questions for the next publication in advance, a few at a time, while nothing waits; runs the jobs."""
        try:
            if time.monotonic() >= self._prepare_again_at:
                began = time.monotonic()
                if await self.gate.warm(await asyncio.to_thread(self._embedder)):
                    return True
                await asyncio.to_thread(self.gate.release_snapshots)
                await self._remove_old_uploads()
                await write_broken_links(self._database, self._settings.home / broken_links.FILE)
                ended = time.monotonic()
                self._prepare_again_at = ended + max(_REST, _TIMES_AS_LONG * (ended - began))
            if time.monotonic() >= self._jobs_at:
                self._jobs_at = time.monotonic() + _JOBS_EVERY
                await self._jobs.run("demand", self._cluster_demand, every=_DEMAND_EVERY)
                await watch_quality(self._database, self._settings, self._jobs)
                await watch_links(self._database, self._settings, self._jobs)
                await watch_offices(self._database, self._settings, self._jobs)
        except (httpx.HTTPError, SnapshotUnusable) as error:
            log.info("publisher_not_prepared", reason=type(error).__name__)  # the next publication asks them itself
            self._prepare_again_at = time.monotonic() + _REST
        return False

    async def _cluster_demand(self) -> None:
        """Clusters the unanswered demand."""
        snapshots = self.gate.node_snapshots.snapshots
        embedder = await asyncio.to_thread(self._embedder)
        active = await asyncio.to_thread(lambda: load_answering(snapshots, embedder))
        done = await cluster(self._database, embedder, SnapshotBackground(active))
        log.info("demand", joined=done.joined, made=done.made, alone=done.alone)

    async def _remove_old_uploads(self) -> None:
        """Removes uploaded files that are older than an import decision needs."""
        if removed := await Tasks(self._database, self._settings).clean(_UPLOADS_KEPT):
            log.info("uploads_removed", count=removed)

    async def follow(self) -> bool:
        """Activates here what was activated last, on this node or another. Returns false if it is active already."""
        newest = await publication_queue.newest_activation(self._database)
        snapshots_here = self.gate.node_snapshots
        mark = snapshots_here.snapshots.folder / "applied"
        if newest is None or (mark.exists() and mark.read_text() == newest.id):
            return False
        version, torn = newest.candidate, False
        if not await asyncio.to_thread(snapshots_here.can_activate, version):
            try:
                fetched = await asyncio.to_thread(snapshots_here.take, version) and await asyncio.to_thread(
                    snapshots_here.can_activate, version
                )
            except SharedTorn:
                fetched, torn = False, True
            if not fetched:
                embedder = await asyncio.to_thread(self._embedder)
                version = (await self.gate.build(embedder, version)).version
        await asyncio.to_thread(snapshots_here.activate, version, newest.base)
        mark.write_text(newest.id)
        log.info("publication_followed", publication=newest.id, snapshot=snapshots_here.snapshots.active())
        await self._wait_until_served(snapshots_here.snapshots.active())
        await asyncio.to_thread(snapshots_here.share, version, newest.base, again=torn)
        await asyncio.to_thread(snapshots_here.clear, await publication_queue.waiting_candidates(self._database))
        return True

    async def _carry_out(self, row: Publication) -> None:
        try:
            async with self._reporting_progress(row.id):
                await (self._go_back(row) if row.kind == "rollback" else self._publish(row))
            if answers := await raise_fact_task(self._database, row.id):
                log.info("facts_changed", publication=row.id, answers=answers)
        except publication_queue.ClaimLost:
            log.info("publication_turn_lost", publication=row.id)
        except CannotPublish as error:
            await publication_queue.record_failure(self._database, row.id, self._name, f"{error.fr} / {error.en}")
        except httpx.HTTPError as error:
            log.error("publication_failed", publication=row.id, reason=type(error).__name__)
            await publication_queue.record_failure(self._database, row.id, self._name, _MODEL_MISSING)
        except (SnapshotUnusable, ValueError, OSError) as error:
            log.error("publication_failed", publication=row.id, exc_info=True)
            await publication_queue.record_failure(
                self._database, row.id, self._name, _DISK_FULL if is_full(error) else str(error)
            )

    async def _publish(self, row: Publication) -> None:
        approved = row.state == State.APPROVED
        if approved and await self._activate_if_current(row):
            return
        judged = await self._judge(row)
        if approved:  # approved on an older verdict: valid only if this one is no worse
            go = VERDICTS.index(judged.report.verdict) <= VERDICTS.index(row.verdict or "clear")
        else:
            go = row.go_at_once and judged.report.verdict != "worse"
        if go:
            await self._activate(row, judged)
        else:
            await publication_queue.record_verdict(self._database, row.id, self._name, judged)

    async def _go_back(self, row: Publication) -> None:
        """Rolls back: at once if the previous snapshot still exists and nothing else came in between; else it is built."""
        if not await self._activate_if_current(row):
            await self._activate(row, await self._judge(row))

    async def _activate_if_current(self, row: Publication) -> bool:
        """Activates the candidate of ``row`` if it is usable and was made for the active snapshot. Returns whether it was."""
        node = self.gate.node_snapshots
        if row.base != await asyncio.to_thread(node.snapshots.active) or not await asyncio.to_thread(
            node.can_activate, row.candidate
        ):
            return False
        await asyncio.to_thread(node.share, row.candidate, row.base)
        await publication_queue.record_activation(self._database, row.id, self._name)
        return True

    async def _activate(self, row: Publication, judged: Judgement) -> None:
        await asyncio.to_thread(self.gate.node_snapshots.share, judged.candidate, judged.base)  # so that other nodes find it
        await publication_queue.record_activation(self._database, row.id, self._name, judged)

    async def _judge(self, row: Publication) -> Judgement:
        changes = [Change.model_validate(change) for change in row.changes]
        return await self.gate.judge(changes, await asyncio.to_thread(self._embedder), self._set_progress)

    def _set_progress(self, step: str, done: int, total: int) -> None:
        self._progress = (step, done, total)

    @asynccontextmanager
    async def _reporting_progress(self, name: str) -> AsyncIterator[None]:
        """Reports the progress while the work goes on; this also prolongs the claim."""
        reported, at = ("", 0, 0), time.monotonic()

        async def report() -> None:
            nonlocal reported, at
            overdue = time.monotonic() - at > publication_queue.LEASE.total_seconds() / 3
            if self._progress != reported or overdue:
                reported, at = self._progress, time.monotonic()
                with suppress(publication_queue.ClaimLost):  # the end of the work will show this
                    await publication_queue.report_progress(self._database, name, self._name, *reported)

        self._progress = ("", 0, 0)
        async with repeating(report, _EVERY):
            yield

    async def _wait_until_served(self, version: str) -> None:
        """Waits until the action server answers from ``version``. A request makes it look for a new one."""
        deadline = time.monotonic() + _SERVED_WITHIN
        async with action_server(self._settings, seconds=2) as client:
            while time.monotonic() < deadline:
                try:
                    answer = await client.get("/health")
                except httpx.TransportError:
                    return  # no server runs here; the next one to start loads the active snapshot
                if answer.is_success and answer.json()["snapshot"] == version:
                    log.info("publication_served", snapshot=version)
                    return
                await asyncio.sleep(0.2)
        log.error("publication_not_served", snapshot=version)
