"""The directory of offices in the record, on SQLite and on PostgreSQL; followed by a node; refused files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.commands.places import settle_demonstration
from cli.demonstration import COMMUNE, PHONE
from core.database import Database
from core.settings import Settings
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
    assert (kept.version, kept.offices) == (version, 56)
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


async def test_imaginary_offices_serve_in_the_demonstration_only_and_never_replace_an_own_directory(
    database: Database, tmp_path: Path
) -> None:
    own = Settings(home=tmp_path, contact_phone="02 99 00 00 00", office_commune="")
    imaginary = own.model_copy(update={"contact_phone": PHONE, "office_commune": COMMUNE})
    assert await settle_demonstration(database, own) == 0
    assert await current_directory(database) is None
    assert await settle_demonstration(database, imaginary) == 28
    assert await settle_demonstration(database, imaginary) == 28  # a new version of the file is taken
    assert version_of(tmp_path / "places" / "offices.db") is not None
    assert await settle_demonstration(database, own) == 0
    assert version_of(tmp_path / "places" / "offices.db") is None
    version = await _take(database)
    for settings in (own, imaginary):
        assert await settle_demonstration(database, settings) == 0
    kept = await current_directory(database)
    assert kept is not None
    assert kept.version == version
