"""Who needs every section waits for the indexer, says so, and is told where nobody indexes them."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from cli.language import Refusal
from cli.supervision import State
from retrieval.contracts import Stage
from retrieval.snapshots.folder import Manifest
from tools.pictures.camera import take_pictures
from tools.pictures.sections import wait_for_sections


def _state(state: str, detail: str = "", name: str = "indexer") -> State:
    return State(name=name, state=state, pid=0, keeper=0, uptime_seconds=0, restarts=0, detail=detail)


def _activate(home: Path, stage: Stage) -> None:
    manifest = Manifest(
        version=stage, stage=stage, model="m", revision="r", dimension=3, content="c", counts={}, digests={},
        thresholds={}, created="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    folder = home / "snapshots" / stage
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    (folder.parent / "active").write_text(stage)


def _nobody_waits(_seconds: float) -> None:
    raise AssertionError("waited")


class Indexer:
    """Goes through ``states``, one a pause, and completes the index with the last."""

    def __init__(self, home: Path, *states: State) -> None:
        self.pauses = 0
        self._home, self._states = home, states

    def states(self) -> list[State]:
        return [_state("running", name="gateway"), self._states[self.pauses]]

    def pause(self, seconds: float) -> None:
        assert seconds > 0
        self.pauses += 1
        if self.pauses == len(self._states) - 1:
            _activate(self._home, "full")


def test_the_indexer_is_waited_for_and_that_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _activate(tmp_path, "titles")
    indexer = Indexer(
        tmp_path,
        *map(_state, ("starting", "running", "running")),
        _state("exited", "code 1"),
        *map(_state, ("backoff", "exited")),
    )
    monkeypatch.setenv("GUICHET_LANG", "fr")
    wait_for_sections(tmp_path, states=indexer.states, pause=indexer.pause)
    assert indexer.pauses == 5
    assert capsys.readouterr().err.count("L'indexeur travaille encore") == 1


def test_it_is_said_in_english_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    indexer = Indexer(tmp_path, _state("running"), _state("exited"))
    monkeypatch.setenv("GUICHET_LANG", "en")
    wait_for_sections(tmp_path, states=indexer.states, pause=indexer.pause)
    assert "The indexer is still at work" in capsys.readouterr().err


@pytest.mark.parametrize("state", ["exited", "stopped", "fatal"])
def test_a_full_index_is_not_waited_for(tmp_path: Path, state: str, capsys: pytest.CaptureFixture[str]) -> None:
    _activate(tmp_path, "full")
    wait_for_sections(tmp_path, states=Indexer(tmp_path, _state(state)).states, pause=_nobody_waits)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("state", ["exited", "stopped", "fatal"])
def test_titles_that_nobody_completes_are_told_of(tmp_path: Path, state: str) -> None:
    _activate(tmp_path, "titles")
    with pytest.raises(Refusal, match="guichet index build"):
        wait_for_sections(tmp_path, states=Indexer(tmp_path, _state(state)).states, pause=_nobody_waits)


def test_a_service_whose_index_lies_elsewhere_is_taken_as_it_is(tmp_path: Path) -> None:
    wait_for_sections(tmp_path, states=list, pause=_nobody_waits)


def test_no_picture_is_taken_before_the_index_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answers(url: str, **_options: object) -> httpx.Response:
        return httpx.Response(200, request=httpx.Request("GET", url))

    def waits(_home: Path) -> None:
        raise Refusal("j'attends", "waiting")

    def launched() -> str:
        raise AssertionError("a browser was started")

    for secret in ("SECRET_KEY", "INTERNAL_SECRET", "ADDRESS_KEY"):
        monkeypatch.setenv(f"GUICHET_{secret}", "x" * 40)
    monkeypatch.setattr("tools.pictures.camera.httpx.get", answers)
    monkeypatch.setattr("tools.pictures.camera.wait_for_sections", waits)
    monkeypatch.setattr("tools.chromium.ensure", lambda: None)
    monkeypatch.setattr("tools.chromium.executable", launched)
    with pytest.raises(Refusal):
        take_pictures("http://127.0.0.1:1", tmp_path)
