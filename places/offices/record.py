"""The directory in the record. It is replaced in one transaction: if that fails, the previous one stays in use."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from itertools import batched
from typing import Any

from sqlalchemy import delete, func, insert, select

from core.database import Database
from core.database.models import Directory, OfficeRow
from places.offices.errors import DirectoryRefused, sentence
from places.offices.office import Office

_MAX_SHRINKING = 10  # a directory that is so many times smaller than the one in use, or more, is refused
_MAX_DUPLICATES = 0.2  # share of offices that appear twice, under different ids
_ROWS = 1_000


def check(offices: Sequence[Office], current: int) -> None:
    """Raises ``DirectoryRefused`` for a directory that is empty, full of duplicates, or much smaller than the one in use.

    ``current``: how many offices the one in use has.
    """
    if not offices:
        raise DirectoryRefused(*sentence("no_office"))
    if len(offices) * _MAX_SHRINKING <= current:
        raise DirectoryRefused(*sentence("too_few_offices", offices=len(offices), current=current))
    ids = Counter(office.id for office in offices)
    twice = [one for one, count in ids.items() if count > 1]
    same = Counter((office.kind, office.name, office.commune, office.address) for office in offices)
    duplicates = sum(count - 1 for count in same.values())
    if twice or duplicates > _MAX_DUPLICATES * len(offices):
        raise DirectoryRefused(*(sentence("ids_twice", first=twice[0]) if twice else sentence("offices_twice")))


async def replace_directory(
    database: Database, offices: Sequence[Office], *, source: str, checksum: str, author: str, force: bool = False
) -> int:
    """Puts ``offices`` in use and returns the directory's version.

    ``force``: also if there are far fewer offices than before. Raises ``DirectoryRefused``: then the previous directory
    stays.
    """
    async with database.write() as session:
        current = 0 if force else (await session.scalar(select(func.count()).select_from(OfficeRow))) or 0
        check(offices, current)
        directory = Directory(source=source[:200], checksum=checksum, offices=len(offices), author=author)
        session.add(directory)
        await session.flush()
        await session.execute(delete(OfficeRow).where(OfficeRow.directory != directory.version))
        for batch in batched(offices, _ROWS):
            await session.execute(insert(OfficeRow), [_row(directory.version, office) for office in batch])
        await session.commit()
        return directory.version


async def remove_directory(database: Database, *, author: str) -> None:
    """Takes the directory out of use. Nothing is answered from it any more."""
    async with database.write() as session:
        await session.execute(delete(OfficeRow))
        session.add(Directory(source="", checksum="", offices=0, author=author))
        await session.commit()


async def current_directory(database: Database) -> Directory | None:
    """Returns the facts about the directory in use; ``None`` if none was ever imported."""
    async with database.read() as session:
        found: Directory | None = await session.scalar(select(Directory).order_by(Directory.version.desc()).limit(1))
        return found


async def stored_offices(database: Database, version: int) -> AsyncIterator[Sequence[Office]]:
    """Yields the offices of a directory in batches, all from one consistent state."""
    async with database.read() as session:
        after = ""
        while True:
            query = select(OfficeRow).where(OfficeRow.directory == version, OfficeRow.id > after)
            rows = (await session.execute(query.order_by(OfficeRow.id).limit(_ROWS))).scalars().all()
            if not rows:
                return
            after = rows[-1].id
            yield [Office.model_validate(row.content) for row in rows]
            session.expunge_all()


def _row(version: int, office: Office) -> dict[str, Any]:
    content = office.model_dump(mode="json", exclude_defaults=True)
    return {"directory": version, "id": office.id, "kind": office.kind, "commune": office.commune, "content": content}
