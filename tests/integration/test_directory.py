"""The directory of offices in the record, on SQLite and on PostgreSQL; followed by a node; refused files."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.database import Database
from places.offices.directory_file import DirectoryFile, version_of
from places.offices.directory_sync import sync
from places.offices.errors import DirectoryRefused
from places.offices.record import current_directory, remove_directory, replace_directory
from tests.unit.places.support import offices


async def _take(database: Database, *, copies: int = 1, only: int | None = None, force: bool = False) -> int:
    known = [
        office.model_copy(update={"id": f"{office.id}-{copy}", "name": f"{office.name} {copy}"})
        for copy in range(copies)
        for office in offices()[:only]
    ]
    return await replace_directory(database, known, source="demonstration.csv", checksum="0" * 64, author="test", force=force)


async def test_directory_that_is_taken_is_followed_by_a_node_and_dropped(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "places" / "offices.db"
    assert not await sync(database, file)
    assert not file.exists()
    version = await _take(database)
    assert await sync(database, file)
    assert not await sync(database, file)
    assert version_of(file) == version
    shelf = DirectoryFile(file)
    assert [office.name for office in shelf.in_commune("caf", "00004")] == ["Caisse d’allocations familiales du Val-d’Orbe 0"]
    shelf.close()
    newer = await _take(database, copies=2)
    assert await sync(database, file)
    assert version_of(file) == newer > version
    await remove_directory(database, author="test")
    assert await sync(database, file)
    assert not file.exists()


async def test_directory_that_is_refused_leaves_the_one_in_use(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "offices.db"
    version = await _take(database, copies=2)
    known = offices()
    for wrong in ([], known[:2], [*known, *known]):
        with pytest.raises(DirectoryRefused):
            await replace_directory(database, wrong, source="x", checksum="", author="test")
    kept = await current_directory(database)
    assert kept is not None
    assert (kept.version, kept.offices) == (version, 52)
    await sync(database, file)
    assert version_of(file) == version
    assert await _take(database, only=2, force=True) > version


async def test_file_of_a_node_that_is_damaged_is_written_again(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "offices.db"
    await _take(database)
    await sync(database, file)
    file.write_bytes(file.read_bytes()[:100])
    assert await sync(database, file)
    assert version_of(file) is not None
