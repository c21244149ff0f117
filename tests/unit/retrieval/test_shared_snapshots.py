"""The shared place of snapshots on a folder: whole or absent, sealed, and tidied without touching what is not ours."""

from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from core.shared_place import Place, SharedUnreachable
from retrieval.snapshots.folder import Manifest, Snapshots
from retrieval.snapshots.sealed import SharedTorn, opened, sealed
from retrieval.snapshots.shared import SEALED, SharedSnapshots

KEY = "k" * 40


def name(day: int, stage: str = "full") -> str:
    return f"202601{day:02}T000000000000-{'c' * 8}-{stage}"


def make(snapshots: Snapshots, version: str, text: str = "texte", **changes: object) -> None:
    """A snapshot of one file in a folder of its own."""
    told: dict[str, object] = {
        "version": version,
        "stage": version.rpartition("-")[2],
        "model": "m",
        "revision": "1",
        "dimension": 4,
        "content": "c" * 64,
        "counts": {"entries": 0},
        "digests": {"lexical/a.txt": hashlib.sha256(text.encode()).hexdigest()},
        "thresholds": {},
        "created": "2026-01-01T00:00:00+00:00",
    }
    with snapshots.building(version) as folder:
        (folder / "lexical").mkdir()
        (folder / "lexical" / "a.txt").write_text(text)
        (folder / "manifest.json").write_text(Manifest.model_validate({**told, **changes}).model_dump_json(indent=1))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "share").mkdir()
    return tmp_path / "share"


@pytest.fixture
def shared(place: Path) -> SharedSnapshots:
    return SharedSnapshots(place.as_uri(), (KEY,))


@pytest.fixture
def here(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "there")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_put_is_fetched_byte_for_byte_and_put_once(shared: SharedSnapshots, here: Snapshots, there: Snapshots) -> None:
    make(here, name(1))
    assert not shared.fetch(name(1), there)
    assert shared.put(here, name(1))
    assert not shared.put(here, name(1))
    assert shared.fetch(name(1), there)
    assert files(there.folder) == files(here.folder)


def test_an_upload_without_its_manifest_does_not_exist(
    shared: SharedSnapshots, here: Snapshots, there: Snapshots, place: Path
) -> None:
    make(here, name(1))
    shared.put(here, name(1))
    (place / name(1) / SEALED).unlink()
    assert (shared.versions(), shared.find("c" * 64, "full"), shared.fetch(name(1), there)) == ([], "", False)
    assert there.versions() == []


@pytest.mark.parametrize("damage", ["cut", "gone", "manifest"])
def test_what_is_damaged_is_refused_and_leaves_nothing(
    shared: SharedSnapshots, here: Snapshots, there: Snapshots, place: Path, damage: str
) -> None:
    make(here, name(1))
    shared.put(here, name(1))
    (stored,) = [path for path in (place / name(1)).iterdir() if path.name != SEALED]
    if damage == "cut":
        stored.write_text("tex")
    elif damage == "gone":
        stored.unlink()
    else:
        (place / name(1) / SEALED).write_bytes((place / name(1) / SEALED).read_bytes()[:40])
    with pytest.raises(SharedTorn):
        shared.fetch(name(1), there)
    assert files(there.folder) == {}
    assert shared.put(here, name(1), again=True)
    assert shared.fetch(name(1), there)


def test_what_another_one_put_there_is_refused(shared: SharedSnapshots, here: Snapshots, there: Snapshots, place: Path) -> None:
    make(here, name(1))
    SharedSnapshots(place.as_uri(), ("o" * 40,)).put(here, name(1))
    with pytest.raises(SharedTorn, match="GUICHET_SECRET_KEY"):
        shared.fetch(name(1), there)
    assert SharedSnapshots(place.as_uri(), ("new", "o" * 40)).fetch(name(1), there)  # while the secret changes


@pytest.mark.parametrize("path", ["../../other", "/etc/other"])
def test_a_manifest_that_leads_elsewhere_is_refused(here: Snapshots, path: str) -> None:
    make(here, name(1))
    told = json.loads((here.folder / name(1) / "manifest.json").read_text())
    for changes in ({"digests": {path: "0" * 64}}, {"digests": {"a": "../x"}}, {"version": name(2)}):
        with pytest.raises(SharedTorn):
            opened(sealed(json.dumps(told | changes), KEY), name(1), (KEY,))


def test_two_nodes_that_build_one_version_do_not_mix(
    shared: SharedSnapshots, here: Snapshots, there: Snapshots, tmp_path: Path
) -> None:
    make(here, name(1), "texte")
    make(there, name(1), "autre")
    shared.put(here, name(1))
    shared.put(there, name(1), again=True)
    third = Snapshots(tmp_path / "third")
    assert shared.fetch(name(1), third)
    assert files(third.folder) == files(there.folder)


def test_the_newest_of_the_same_content_is_found_in_the_stage_asked_for(shared: SharedSnapshots, here: Snapshots) -> None:
    for version in (name(1), name(2), name(3, "titles")):
        make(here, version)
        shared.put(here, version)
    make(here, name(4), content="c" * 8 + "d" * 56)
    shared.put(here, name(4))
    assert (shared.find("c" * 64, "full"), shared.find("c" * 64, "titles")) == (name(2), name(3, "titles"))
    assert shared.find("e" * 64, "titles") == ""


def test_old_ones_go_and_strangers_stay(shared: SharedSnapshots, here: Snapshots, place: Path) -> None:
    for day in range(1, 6):
        make(here, name(day))
        shared.put(here, name(day))
    (place / "notes").mkdir()
    (place / name(6)).mkdir()  # an upload given up in January
    (place / "99991231T000000000000-cccccccc-full").mkdir()  # one that goes on
    assert shared.prune(2, spared=(name(2),)) == [name(1), name(3), name(6)]
    assert shared.versions() == [name(2), name(4), name(5)]
    assert {path.name for path in place.iterdir()} - set(shared.versions()) == {"notes", "99991231T000000000000-cccccccc-full"}


def test_a_folder_that_is_not_mounted_is_not_made(shared: SharedSnapshots, here: Snapshots, place: Path) -> None:
    make(here, name(1))
    place.rmdir()
    for ask in (shared.versions, lambda: shared.put(here, name(1)), lambda: shared.fetch(name(1), here)):
        with pytest.raises(SharedUnreachable, match="mounted"):
            ask()
    assert not place.exists()


class Full:
    """A file system without any space left, here or there."""

    def __getattr__(self, method: str) -> Any:
        def fail(*_: object, **__: object) -> None:
            if method in ("get_file", "put_file", "pipe_file"):
                raise OSError(errno.ENOSPC, "No space left on device")

        return fail


def test_a_full_disk_is_told_from_a_full_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Place, "_open", lambda _: (Full(), ""))
    place = Place("s3://bucket/prefix")
    with pytest.raises(SharedUnreachable, match=f"no space left in {tmp_path}"):
        place.copy_to("x", tmp_path / "x")
    with pytest.raises(SharedUnreachable, match="no space left in s3://bucket/prefix"):
        place.write("x", b"")


def test_an_address_that_means_nothing_says_so() -> None:
    with pytest.raises(SharedUnreachable, match="nonsense://x"):
        Place("nonsense://x").write("x", b"")
