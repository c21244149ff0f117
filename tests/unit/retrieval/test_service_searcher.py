"""The running service, asked as evaluations ask: figures for /about without a second index in memory."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from core.settings import Settings
from retrieval.contracts import Hit, RetrievalResult
from retrieval.evaluation.questions import read_parallel
from retrieval.evaluation.retrieval import DEPTH
from retrieval.evaluation.runs import runs_folder
from retrieval.evaluation.service import ServiceSearcher, measure_service
from retrieval.snapshots.folder import Manifest

FOUND = RetrievalResult(
    hits=(Hit(entry_id="F1", collection="c", version=1, title="Carte", score=1.0),),
    confidence=0.9,
    decision="answered",
    snapshot="new",
    timings_ms={"total": 3.0},
)


def service(health: list[str]) -> tuple[ServiceSearcher, list[str]]:
    """A service that tells the snapshots of ``health`` one after the other (the last for ever), and what it was asked."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        assert request.headers["X-Guichet-Secret"] == "s" * 40
        if request.url.path == "/health":
            return httpx.Response(200, json={"snapshot": health.pop(0) if len(health) > 1 else health[0]})
        if request.url.path == "/search":
            assert json.loads(request.content)["limit"] in (5, DEPTH)
            return httpx.Response(200, content=FOUND.model_dump_json())
        return httpx.Response(404)

    secrets = dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40)
    return ServiceSearcher(Settings.model_validate(secrets), httpx.MockTransport(answer)), asked


def test_a_search_comes_back_as_it_was_found() -> None:
    searcher, _ = service(["new"])
    assert searcher.search("carte") == FOUND
    assert searcher.entry("F9") is None


def test_it_is_asked_until_it_has_taken_up_the_snapshot() -> None:
    searcher, asked = service(["old", "new"])
    searcher.wait_for("new", seconds=30)
    assert asked == ["/health", "/search", "/health"]


def test_a_service_that_keeps_the_old_snapshot_is_given_up() -> None:
    searcher, _ = service(["old"])
    with pytest.raises(TimeoutError, match="new"):
        searcher.wait_for("new", seconds=0)


def test_nothing_is_withheld_from_citizens() -> None:
    with pytest.raises(NotImplementedError):
        service(["new"])[0].search("carte", withheld=["F1"])


@pytest.mark.parametrize(("report", "collection"), [("", "demonstration"), ("<html>", "service-public")])
def test_measure_service_publishes_its_figures(tmp_path: Path, report: str, collection: str) -> None:
    manifest = Manifest(
        version="new", stage="full", model="m", revision="r", dimension=3, content="c", counts={"entries": 1}, digests={},
        thresholds={}, created="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    (tmp_path / "snapshots" / "new").mkdir(parents=True)
    (tmp_path / "snapshots" / "new" / "manifest.json").write_text(manifest.model_dump_json())
    settings = Settings.model_validate(
        {**dict.fromkeys(("secret_key", "internal_secret", "address_key"), "s" * 40), "home": tmp_path}
    )
    run = measure_service(settings, "new", {collection}, lambda run: report, service(["new"])[0])
    published = json.loads((tmp_path / "evaluation" / "latest.json").read_text())
    assert (published["snapshot"], published["questions"]) == ("new", len(run.rows))
    assert (runs_folder(tmp_path) / run.id / "report.html").exists() == bool(report)
    by_way = tmp_path / "evaluation" / "equality.json"
    assert by_way.exists() == (collection == "service-public")
    if by_way.exists():
        equality = json.loads(by_way.read_text())
        assert equality["questions"] == len(read_parallel())
        assert equality["figures"] == dict.fromkeys(read_parallel()[0].ways, 0.0)  # "F1" answers none of them
