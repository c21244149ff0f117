"""What a command says reaches the one that started it: progress, last line, and that its work was provisional."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli.language import Refusal
from cli.progress import StepResult, run_reporting


def _run(code: str, tmp_path: Path) -> tuple[list[tuple[int, int]], StepResult]:
    seen: list[tuple[int, int]] = []
    told = run_reporting([sys.executable, "-c", code], {}, tmp_path / "log", lambda done, total: seen.append((done, total)))
    return seen, told


def test_progress_and_last_line(tmp_path: Path) -> None:
    code = "from cli.progress import *; reporter('x')(1, 2); print('chatter'); report_done('fini', 'fini')"
    seen, told = _run(code, tmp_path)
    assert seen == [(1, 2)]
    assert told.lines == ["fini"]
    assert not told.provisional
    assert "chatter" in (tmp_path / "log").read_text()


def test_provisional_work_says_so(tmp_path: Path) -> None:
    _, told = _run(
        "from cli.progress import *; report_provisional('à défaut', 'à défaut'); report_done('fini', 'fini')", tmp_path
    )
    assert told.lines == ["à défaut", "fini"]
    assert told.provisional


def test_a_failure_gives_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="plus de place"):
        _run("import sys; print('plus de place', file=sys.stderr); sys.exit(3)", tmp_path)
