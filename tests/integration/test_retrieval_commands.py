"""``search``, ``eval retrieval`` and ``index``: what programs read stands alone on standard output."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from channels.web.pages.facts import evaluation
from core.settings import ROOT
from retrieval.embedding.conversion import convert
from retrieval.embedding.model import SentenceEmbedder
from retrieval.snapshots.update import update_index
from tests.unit.retrieval.samples import ENTRIES


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    folder = convert(home / "models")
    name, _, revision = folder.name.rpartition("-")
    update_index(ENTRIES, home, SentenceEmbedder(str(folder), name=name, revision=revision, local=True), "full")
    return home


def guichet(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    secrets = {f"GUICHET_{name}": "x" * 40 for name in ("SECRET_KEY", "INTERNAL_SECRET", "ADDRESS_KEY")}
    environment = {**os.environ, **secrets, "GUICHET_HOME": str(home), "GUICHET_ACTIONS_PORT": "1", "GUICHET_LANG": "en"}
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_search_prints_one_result(home: Path) -> None:
    found = json.loads(guichet(home, "search", "perte de ma carte d'identité", "--json").stdout)
    assert (*found["hits"], *found["rejected"])[0]["entry_id"] == "F1"
    assert found["snapshot"]


def test_evaluation_prints_its_figures(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    lines = [{"id": "1", "question": "carte d'identité perdue", "gold": ["F1"]}, {"id": "2", "question": "?", "gold": ["F2"]}]
    questions.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    figures = json.loads(guichet(home, "eval", "retrieval", str(questions), "--json").stdout)
    assert set(figures) == {"n", "recall@1", "recall@3", "recall@5", "recall@10", "mrr@10", "p50_ms", "p95_ms"}
    assert (figures["n"], figures["recall@10"]) == (2, 0.5)


def test_runs_are_kept_with_their_configuration_and_compared(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "own.jsonl"
    lines = [
        {"id": "1", "question": "carte d'identité perdue", "gold": ["F1"]},
        {"id": "2", "question": "passeport", "gold": ["F2"]},
        {"id": "3", "question": "un passeport pour voyager", "gold": ["F2"]},
    ]
    questions.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    figures = json.loads(guichet(home, "eval", "noise", str(questions), "--json").stdout)
    assert figures["parts"]["clean"]["lost"] == 0
    assert set(figures["parts"]) == {"clean", "accents", "sms", "slips", "upper", "punctuation", "all"}

    folder = home / "evaluation" / "runs" / figures["run"]
    kept = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert kept["configuration"]["files"] == {"own.jsonl": hashlib.sha256(questions.read_bytes()).hexdigest()}
    assert kept["configuration"]["snapshot"] == (home / "snapshots" / "active").read_text(encoding="utf-8").strip()
    assert "<svg" in (folder / "report.html").read_text(encoding="utf-8")

    listed = json.loads(guichet(home, "eval", "runs", "--json").stdout)
    assert listed[-1]["kind"] == "noise"
    same = json.loads(guichet(home, "eval", "compare", figures["run"], figures["run"], "--json").stdout)
    assert {(one["n"], one["certain"]) for one in same} == {(3, False)}
    assert {(one["part"], one["metric"]) for one in same} >= {("sms", "lost"), ("all", "recall@5")}
    unknown = guichet(home, "eval", "compare", "never", "last")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "./guichet eval runs" in unknown.stderr


def test_figures_are_published_for_the_about_page_only_when_asked(home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "others.jsonl"
    questions.write_text('{"id": "1", "question": "carte d\'identité perdue", "gold": ["F1"]}', encoding="utf-8")
    assert evaluation(home, "latest") is None  # the evaluations before this one
    guichet(home, "eval", "retrieval", str(questions), "--publish")
    published = evaluation(home, "latest")
    assert published is not None
    assert (published.questions, set(published.figures)) == (1, {"recall@1", "recall@3", "p95_ms"})


def test_a_file_that_holds_no_questions_is_refused_in_one_sentence(home: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("<html>", encoding="utf-8")
    refused = guichet(home, "eval", "retrieval", str(wrong), "--json")
    assert refused.returncode == 1
    assert "line 1" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_an_index_the_commands_say_what_to_run(tmp_path: Path) -> None:
    refused = guichet(tmp_path, "search", "passeport", "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "./guichet up" in refused.stderr


def test_status_shows_the_active_snapshot_and_rollback_needs_an_older_one(home: Path) -> None:
    rows = json.loads(guichet(home, "index", "status", "--json").stdout)
    assert [(row["active"], row["stage"]) for row in rows] == [(True, "full")]
    assert guichet(home, "index", "rollback").returncode == 1


def test_a_build_of_the_index_does_not_wait_for_torch() -> None:
    script = "import sys; from cli.__main__ import application; application('index'); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
