"""Measures the running service for /about, without a second copy of model and index."""

import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from core.action_server import blocking_action_server
from core.entry import Entry
from core.settings import Settings
from core.version import commit
from retrieval.contracts import RetrievalResult
from retrieval.evaluation.questions import EQUALITY, Question, own_questions, read_parallel, read_questions
from retrieval.evaluation.retrieval import ask, recall
from retrieval.evaluation.runs import Configuration, Run, keep, new_run, publish
from retrieval.snapshots.folder import Manifest, Snapshots
from retrieval.snapshots.update import snapshots_folder


def configuration(manifest: Manifest, files: Sequence[Path], options: dict[str, str]) -> Configuration:
    """Returns the configuration of figures measured on the snapshot of ``manifest``."""
    return Configuration(
        snapshot=manifest.version,
        stage=manifest.stage,
        model=manifest.model,
        revision=manifest.revision,
        entries=manifest.counts["entries"],
        thresholds=manifest.thresholds,
        commit=commit(),
        files={file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
        options=options,
    )


_SWAP_SECONDS = 60.0  # time for the action server to load a new snapshot


class ServiceSearcher:
    """The running action server as a searcher for evaluations. Raises ``httpx.HTTPError`` if it does not answer."""

    def __init__(self, settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
        self._http = blocking_action_server(settings, seconds=30, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.close()

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
        """Searches in the service. Entries cannot be ``withheld``, because the service answers citizens."""
        if withheld:
            raise NotImplementedError("entries are withheld from an engine of one's own")
        body = {"query": query, "locale": locale, "collection": collection, "audience": audience, "limit": limit}
        answer = self._http.post("/search", json=body).raise_for_status()
        return RetrievalResult.model_validate_json(answer.content)

    def entry(self, entry_id: str, collection: str | None = None) -> Entry | None:
        answer = self._http.get(f"/entries/{entry_id}", params={"collection": collection} if collection else None)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        return Entry.model_validate_json(answer.raise_for_status().content)

    def wait_for(self, snapshot: str, seconds: float = _SWAP_SECONDS) -> None:
        """Returns once the service answers from ``snapshot``. Raises ``TimeoutError`` if it does not within ``seconds``."""
        deadline = time.monotonic() + seconds
        while self._http.get("/health").raise_for_status().json()["snapshot"] != snapshot:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the action server has not taken up {snapshot}")
            self.search("bonjour")  # a request makes it look for a new snapshot
            time.sleep(0.2)


def measure_service(
    settings: Settings,
    snapshot: str,
    collections: set[str],
    report: Callable[[Run], str],
    searcher: ServiceSearcher | None = None,
) -> Run:
    """Asks the running service the project's own questions, stores the run with its ``report``, and publishes its figures,
    and those by way of writing where service-public's pages are answered from.

    Raises ``httpx.HTTPError`` or ``TimeoutError`` if the service does not answer from ``snapshot``, ``OSError`` or
    ``ValueError`` if there are no questions.
    """
    path = own_questions(collections)
    with searcher or ServiceSearcher(settings) as service:
        service.wait_for(snapshot)
        manifest = Snapshots(snapshots_folder(settings.home)).manifest(snapshot)
        rows = ask([question for question in read_questions(path) if question.gold], service)
        equality = _equality(service, manifest) if "service-public" in collections else None
    run = new_run("retrieval", configuration(manifest, [path], {"through": "service"}), {"": recall(rows)}, rows)
    keep(run, settings.home, report(run))
    publish(run, settings.home)
    if equality is not None:
        keep(equality, settings.home, "")
        publish(equality, settings.home, "equality", [name for name in equality.figures[""] if name != "n"])
    return run


def _equality(service: ServiceSearcher, manifest: Manifest) -> Run:
    """Returns the share of the same questions whose right page is among the first three, by way of writing."""
    asked, rows = read_parallel(), []
    shares: dict[str, float] = {"n": len(asked)}
    for way in asked[0].ways:
        questions = [Question(id=one.id, question=one.ways[way], gold=one.gold) for one in asked]
        found = ask(questions, service, part=way)
        shares[way] = recall(found)["recall@3"]
        rows += found
    return new_run("equality", configuration(manifest, [EQUALITY], {"through": "service"}), {"": shares}, rows)
