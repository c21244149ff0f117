"""The ledger's file: appended to by many, closed to others, and no change or tear goes unseen."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.audit.chain import Link, digest_of
from core.audit.ledger import REPLAYED, Ledger, LedgerDamaged, is_for_ledger
from core.settings import ROOT

_AT = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)


def _row(seq: int, action: str = "staff.disable", details: str = "{}") -> Link:
    said = (seq, _AT, "a", action, "staff:é", details, "0" * 64)
    return Link(*said, digest_of(*said))


def _written(path: Path, count: int = 4) -> bytes:
    Ledger(path).append([_row(seq) for seq in range(1, count + 1)])
    return path.read_bytes()


def test_ledger_keeps_rows_in_order_and_closed_to_others(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "made" / "ledger.jsonl", makes_folder=True)
    ledger.append(())
    assert ledger.read() == []
    for seq in (1, 2):
        ledger.append([_row(seq)])
    assert [(row.seq, row.at, row.target) for row in ledger.read()] == [(1, _AT, "staff:é"), (2, _AT, "staff:é")]
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("line", range(4))
def test_ledger_with_a_line_taken_out_or_changed_is_damaged_but_for_the_last(tmp_path: Path, line: int) -> None:
    path = tmp_path / "ledger.jsonl"
    lines = _written(path).splitlines(keepends=True)
    changed = [*lines[:line], lines[line].replace(b"staff.disable", b"staff.enable"), *lines[line + 1 :]]
    path.write_bytes(b"".join(changed))
    with pytest.raises(LedgerDamaged) as damaged:
        Ledger(path).read()
    assert (damaged.value.line, len(damaged.value.before)) == (line + 1, line)
    path.write_bytes(b"".join([*lines[:line], *lines[line + 1 :]]))
    if line < 3:
        with pytest.raises(LedgerDamaged):
            Ledger(path).read()
    else:  # nothing in the file tells: the audit does, and copies under lock
        assert len(Ledger(path).read()) == 3


def test_ledger_cut_anywhere_within_its_last_line_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    content = _written(path, 2)
    for cut in range(content.index(b"\n") + 2, len(content) - 1):
        path.write_bytes(content[:cut])
        with pytest.raises(LedgerDamaged):
            Ledger(path).read()


def test_ledger_goes_on_after_half_a_line_of_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    content = _written(path, 2)
    path.write_bytes(content + content[:40])
    Ledger(path).append([_row(3)])
    assert [row.seq for row in Ledger(path).read()] == [1, 2, 3]


def test_ledger_in_a_folder_that_is_not_there_lets_the_act_go_on_and_says_so(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "not mounted" / "ledger.jsonl")
    with capture_logs() as logs:
        asyncio.run(ledger.append_row(_row(1)))
    assert [one["event"] for one in logs] == ["ledger_not_written"]
    assert not ledger.path.parent.exists()


def test_ledger_written_by_many_processes_at_once_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    _written(path, 1)
    again = (
        "import sys; from pathlib import Path; from core.audit.ledger import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1])); row = ledger.read()[0]\n"
        "for _ in range(50): ledger.append([row])"
    )
    writing = [subprocess.Popen([sys.executable, "-c", again, str(path)], cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in writing] == [0, 0, 0]
    assert len(Ledger(path).read()) == 151


def test_ledger_takes_what_must_be_replayed_and_nothing_that_was() -> None:
    assert is_for_ledger(_row(1))
    assert not is_for_ledger(_row(1, "staff.sign_in"))
    assert not is_for_ledger(_row(1, details=f'{{"{REPLAYED}":"2026-01-01T00:00:00+00:00"}}'))
