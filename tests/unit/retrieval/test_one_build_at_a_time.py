"""Whoever waits for another build can say so."""

from __future__ import annotations

from pathlib import Path

from retrieval.snapshots.update import build_lock, is_building


def test_a_build_is_seen_while_it_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    assert not is_building(folder)
    with build_lock(folder):
        assert is_building(folder)
    assert not is_building(folder)
