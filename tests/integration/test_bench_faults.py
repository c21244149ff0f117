"""The torn snapshot of ``./guichet bench faults``: the whole one is left as it is, and is active again afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from retrieval.snapshots import Manifest, Snapshots
from tools.bench.faults.snapshot_fault import torn

_VERSION, _CONTENT = "20260101T000000000000-aaaaaaaa-full", b"0123456789"


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    """A folder with one whole snapshot, which is active."""
    snapshots = Snapshots(tmp_path)
    manifest = Manifest(
        version=_VERSION,
        stage="full",
        model="m",
        revision="r",
        dimension=1,
        content="c",
        counts={},
        digests={"sections.faiss": hashlib.sha256(_CONTENT).hexdigest()},
        thresholds={},
        created="2026-01-01T00:00:00Z",
    )
    with snapshots.building(_VERSION) as folder:
        (folder / "sections.faiss").write_bytes(_CONTENT)
        (folder / "manifest.json").write_text(manifest.model_dump_json())
    snapshots.activate(_VERSION)
    return snapshots


def test_torn_active_snapshot_is_cut_and_the_whole_one_is_not(snapshots: Snapshots) -> None:
    whole = snapshots.folder / _VERSION / "sections.faiss"
    with torn(snapshots):
        active = snapshots.active()
        assert active != _VERSION
        assert snapshots.manifest(active).version == active
        assert (snapshots.folder / active / "sections.faiss").read_bytes() == _CONTENT[:5]
        assert whole.read_bytes() == _CONTENT
    assert snapshots.active() == _VERSION
    assert snapshots.versions() == [_VERSION]
    assert whole.read_bytes() == _CONTENT
