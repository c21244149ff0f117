"""The folder of snapshots: whole or absent, one pointer, the last ones kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

import retrieval.snapshots.folder
from retrieval.snapshots.folder import FORMAT, Manifest, Snapshots, SnapshotUnusable


def make(snapshots: Snapshots, version: str, *, content_of_a_file: bytes = b"", **changes: object) -> None:
    """A snapshot with one ``file``, if it has any content."""
    digests = {"file": hashlib.sha256(content_of_a_file).hexdigest()} if content_of_a_file else {}
    manifest = Manifest.model_validate(
        {
            "version": version,
            "stage": "full",
            "model": "m",
            "revision": "1",
            "dimension": 4,
            "content": "c",
            "counts": {"entries": 0},
            "digests": digests,
            "thresholds": {"answered": 0.5, "choices": 0.2},
            "created": "2026-01-01T00:00:00+00:00",
            **changes,
        }
    )
    with snapshots.building(version) as folder:
        if content_of_a_file:
            (folder / "file").write_bytes(content_of_a_file)
        (folder / "manifest.json").write_text(manifest.model_dump_json(), encoding="utf-8")


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def test_there_is_nothing_at_first(snapshots: Snapshots) -> None:
    assert snapshots.active() == ""
    assert snapshots.versions() == []


def test_a_build_that_fails_leaves_nothing(snapshots: Snapshots) -> None:
    def fail() -> None:
        with snapshots.building("20260101T000000-a") as folder:
            (folder / "manifest.json").write_text("{}")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert snapshots.versions() == []
    assert list(snapshots.folder.iterdir()) == []


def test_activation_and_rollback_move_the_pointer(snapshots: Snapshots) -> None:
    for version in ("20260101T000000-a", "20260102T000000-b"):
        make(snapshots, version)
        snapshots.activate(version)
    assert snapshots.active() == "20260102T000000-b"
    assert snapshots.rollback() == "20260101T000000-a"
    assert snapshots.active() == "20260101T000000-a"
    with pytest.raises(SnapshotUnusable, match="no older"):
        snapshots.rollback()


def test_only_the_newest_are_kept_and_always_the_active_one(snapshots: Snapshots) -> None:
    for day in range(1, 9):
        make(snapshots, f"2026010{day}T000000-a")
    snapshots.activate("20260101T000000-a")
    snapshots.prune(kept=5)
    assert snapshots.versions() == ["20260101T000000-a", *(f"2026010{day}T000000-a" for day in range(4, 9))]


@pytest.mark.parametrize("changes", [{"format": FORMAT + 1}, {"version": 3}])
def test_another_format_and_a_damaged_manifest_are_not_activated(snapshots: Snapshots, changes: dict[str, object]) -> None:
    make(snapshots, "20260101T000000-a")
    snapshots.activate("20260101T000000-a")
    make(snapshots, "20260102T000000-b")
    path = snapshots.folder / "20260102T000000-b" / "manifest.json"
    manifest = Manifest.model_validate_json(path.read_bytes()).model_copy(update=changes)
    path.write_text(manifest.model_dump_json(warnings=False))
    with pytest.raises(SnapshotUnusable, match="index build"):
        snapshots.activate("20260102T000000-b")
    assert snapshots.active() == "20260101T000000-a"


def test_what_is_gone_back_to_outlives_newer_ones(snapshots: Snapshots) -> None:
    names = [f"2026010{number}T000000-a" for number in range(1, 5)]
    for version in names:
        make(snapshots, version)
    snapshots.activate(names[-1])
    assert snapshots.prune(1, spared=(names[1],)) == [names[0], names[2]]
    assert snapshots.versions() == [names[1], names[3]]


def test_files_and_folders_are_on_the_disk_before_a_snapshot_has_its_name(
    snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def sync(path: Path) -> None:
        assert path == snapshots.folder or not (snapshots.folder / "20260101T000000-a").exists()
        synced.append(path.name.removeprefix(".").removesuffix(f".{os.getpid()}"))

    monkeypatch.setattr(retrieval.snapshots.folder, "_sync", sync)
    with snapshots.building("20260101T000000-a") as folder:
        (folder / "lexical").mkdir()
        (folder / "lexical" / "title.npy").touch()
    assert sorted(synced) == ["20260101T000000-a", "lexical", "snapshots", "title.npy"]


def test_a_torn_snapshot_is_neither_activated_nor_gone_back_to(snapshots: Snapshots) -> None:
    names = [f"2026010{day}T000000-a" for day in range(1, 5)]
    for name in names:
        make(snapshots, name, content_of_a_file=b"whole")
    snapshots.activate(names[2])
    for name in (names[1], names[3]):
        (snapshots.folder / name / "file").write_bytes(b"torn.")
    with pytest.raises(SnapshotUnusable, match=r"damaged \(file\)"):
        snapshots.activate(names[3])
    assert snapshots.active() == names[2]
    assert snapshots.rollback() == names[0]


def test_a_snapshot_that_was_gone_back_from_is_answered_from_last(snapshots: Snapshots) -> None:
    for day in range(1, 5):
        make(snapshots, f"2026010{day}T000000-a")
    snapshots.activate("20260103T000000-a")
    assert [name[7] for name in snapshots.by_preference()] == ["3", "2", "1", "4"]
    (snapshots.folder / "active").write_bytes(b"\xff")
    assert [name[7] for name in snapshots.by_preference()] == ["4", "3", "2", "1"]
    assert snapshots.latest() == "20260104T000000-a"


@pytest.mark.parametrize("content", [b"", b"\x00" * 35, b"\xff", b"../a", b".20260101T000000-a", b"a/b"])
def test_a_pointer_that_names_nothing_is_none(snapshots: Snapshots, content: bytes) -> None:
    snapshots.folder.mkdir()
    (snapshots.folder / "active").write_bytes(content)
    assert snapshots.active() == ""
