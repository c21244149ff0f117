"""A disk, a copy or a cut of power leaves the active snapshot damaged: the last good one answers, and says that it does."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from actions.server.app import create_app
from channels.web.pages import facts
from core.settings import ROOT
from retrieval.service import SearchService
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.update import snapshots_folder, update_index
from retrieval.turn_scoped_retriever import TurnScopedRetriever
from tests.integration.publishing_support import dearer, settings_for
from tests.integration.servers import free_port
from tests.unit.retrieval.samples import ENTRIES, WordEmbedder
from tests.waiting import wait_until

_QUESTION = {"query": "combien coûte le renouvellement de la carte d'identité"}
# It imports what the action server itself does, and no more: its start is most of what these tests take.
_SERVE = (
    "from actions import __main__ as server; from core.privacy.logs import configure_logs; from core.settings import Settings;"
    "from tests.unit.retrieval.samples import WordEmbedder;"
    "server.load_embedder = lambda settings: WordEmbedder(); configure_logs('actions'); server.main(Settings(_env_file=None))"
)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwrite(path: Path) -> None:
    """64 bytes in the middle, or all of a file that has fewer; the size stays."""
    content = bytearray(path.read_bytes())
    start, length = max(0, (len(content) - 64) // 2), min(64, len(content))
    content[start : start + length] = random.Random(7).randbytes(length)
    path.write_bytes(bytes(content))


def flip(path: Path) -> None:
    """One bit, in the last byte."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def delete(path: Path) -> None:
    path.unlink()


type Start = Callable[..., tuple[subprocess.Popen[bytes], httpx.Client]]
DAMAGES = (truncate, overwrite, flip, delete)
# What a cut of power leaves of a file of 35 bytes: nothing, half of it, zeros, something else, no file at all.
POINTERS = (b"", b"2026", bytes(35), b"\xff\xfe\x00garbage", b"../../etc", b"nonsense\n", None)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A state folder with two snapshots, of which the second one is active; and their names."""
    home = tmp_path_factory.mktemp("built")
    good = update_index(ENTRIES, home, WordEmbedder(), "full").version
    return home, good, update_index([dearer(), *ENTRIES[1:]], home, WordEmbedder(), "full").version


@pytest.fixture
def home(built: tuple[Path, str, str], tmp_path: Path) -> Path:
    return Path(shutil.copytree(built[0], tmp_path / "home"))


def serving(home: Path) -> tuple[TestClient, SearchService]:
    """The action server, as it starts on ``home``."""
    engine = SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0, falls_back=True)
    return TestClient(
        create_app(settings_for(home, ""), TurnScopedRetriever(engine)), headers={"X-Guichet-Secret": "i" * 40}
    ), engine


def files(home: Path, version: str) -> list[str]:
    folder = snapshots_folder(home) / version
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", DAMAGES)
def test_active_snapshot_with_any_file_damaged_last_good_one_answers(
    damage: Callable[[Path], None], built: tuple[Path, str, str], tmp_path: Path
) -> None:
    source, good, torn = built
    names = files(source, torn)
    assert {"manifest.json", "heads.faiss", "terms.npy", "entries.jsonl", "calibration.json"} <= set(names)
    home = Path(shutil.copytree(source, tmp_path / "home"))
    for name in names:
        path = snapshots_folder(home) / torn / name
        whole = path.read_bytes()
        damage(path)
        client, _ = serving(home)
        health = client.get("/health")
        assert (health.status_code, health.json()["snapshot"]) == (200, good), name
        assert torn in health.json()["refused"], name
        assert client.post("/search", json=_QUESTION).json()["snapshot"] == good, name
        path.write_bytes(whole)


@pytest.mark.parametrize("pointer", POINTERS)
def test_torn_pointer_newest_whole_snapshot_answers(pointer: bytes | None, built: tuple[Path, str, str], home: Path) -> None:
    file = snapshots_folder(home) / "active"
    file.unlink()
    if pointer is not None:
        file.write_bytes(pointer)
    client, _ = serving(home)
    status = client.get("/health").json()
    assert status["snapshot"] == built[2]
    assert status["refused"]
    facts.snapshot(home)  # /about reads it too


def test_running_server_told_to_switch_to_torn_snapshot_keeps_its_own(built: tuple[Path, str, str], home: Path) -> None:
    _, good, torn = built
    snapshots = Snapshots(snapshots_folder(home))
    snapshots.activate(good)
    client, engine = serving(home)
    overwrite(snapshots.folder / torn / "sections.faiss")
    (snapshots.folder / "active").write_text(torn)
    with capture_logs() as logs:
        engine.refresh()
        engine.refresh()
    assert [line["in_use"] for line in logs if line["event"] == "snapshot_refused"] == [good]  # said once
    assert client.get("/health").json()["snapshot"] == good
    assert torn in client.get("/health").json()["refused"]


def test_torn_snapshot_next_build_heals_and_takes_nothing_damaged_over(built: tuple[Path, str, str], home: Path) -> None:
    _, _, torn = built
    for name in ("heads.faiss", "sections.faiss", "entries.jsonl"):
        overwrite(snapshots_folder(home) / torn / name)
    client, engine = serving(home)
    healed = update_index([dearer(), *ENTRIES[1:]], home, WordEmbedder(), "full")
    engine.refresh()
    assert client.get("/health").json() == {
        "snapshot": healed.version,
        "stage": "full",
        "entries": len(ENTRIES),
        "refused": "",
    }
    assert healed.manifest.digests == Snapshots(snapshots_folder(built[0])).manifest(torn).digests


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts the action server as a process of its own, with an embedder that needs no model."""
    started: list[subprocess.Popen[bytes]] = []
    port = free_port()
    settings = settings_for(home, "").model_copy(update={"actions_port": port})

    def run(**more: str) -> tuple[subprocess.Popen[bytes], httpx.Client]:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **settings.as_environment(), **more}
        started.append(subprocess.Popen([sys.executable, "-c", _SERVE], cwd=ROOT, env=environment))
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"X-Guichet-Secret": "i" * 40}, trust_env=False)
        return started[-1], client

    yield run
    for process in started:
        process.kill()
        process.wait(10)


def until(process: subprocess.Popen[bytes], client: httpx.Client, status: int) -> httpx.Response:
    """The first answer with this ``status``; fails where the process ends, or none comes within a minute."""

    def answered() -> httpx.Response | None:
        assert process.poll() is None, "the server has ended"
        answer = client.get("/health")
        return answer if answer.status_code == status else None

    found: httpx.Response = wait_until(answered, ignoring=httpx.TransportError)
    return found


def test_server_without_any_good_snapshot_stays_up_and_heals(built: tuple[Path, str, str], home: Path, start: Start) -> None:
    for version in built[1:]:
        overwrite(snapshots_folder(home) / version / "entries.jsonl")
    process, client = start()
    detail = until(process, client, 503).json()["detail"]
    assert built[2] in detail
    assert "index build" in detail
    healed = update_index(ENTRIES, home, WordEmbedder(), "full")
    assert until(process, client, 200).json() == {"snapshot": healed.version, "stage": "full", "entries": 4, "refused": ""}


def test_server_started_on_torn_snapshot_is_ready_and_is_not_replaced_by_one_without_any_good_snapshot(
    built: tuple[Path, str, str], home: Path, start: Start
) -> None:
    """As ``./guichet restart`` starts it: a holder waits for the new one, and ends the old one once it is ready."""
    truncate(snapshots_folder(home) / built[2] / "sections.faiss")
    old, client = start()
    assert until(old, client, 200).json()["snapshot"] == built[1]
    for version in built[1:]:
        truncate(snapshots_folder(home) / version / "calibration.json")
    new, _ = start(HOLDER_READY="2")
    assert new.wait(60) == 1
    assert until(old, client, 200).json()["snapshot"] == built[1]
