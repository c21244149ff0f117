"""The directory on one node: a small read-only SQLite file next to the snapshots, made from the record.

The action server looks up rows by kind and commune in about ten microseconds, whatever database the record is, and keeps
none in memory. Without the file there is no directory.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from math import cos, radians
from pathlib import Path
from typing import Any

from places.offices.name_index import NameIndex
from places.offices.names import words_of_name
from places.offices.office import Office, departement_of

FILE = Path("places") / "offices.db"
_CACHE_KIB = 1_024
_TOWN = "5000"  # inhabitants assumed for a commune that the list of communes lacks: it may be shortened, or misspelt
_COLUMNS_WITH_POSITIONS = 3  # of a file that the version before has written, without names
_FORM = 2  # of the file; a number in its last column since the names of offices are in it
_OLD_FORM = -1  # instead of a number of changes: a file that an earlier version has written, and that is written again
_SCHEMA = """
CREATE TABLE directory (version INTEGER, source TEXT, changes INTEGER, form INTEGER);
CREATE TABLE offices (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, commune TEXT, departement TEXT, content TEXT,
    of_desk INTEGER, latitude REAL, longitude REAL
);
CREATE TABLE served (kind TEXT, commune TEXT, number INTEGER, PRIMARY KEY (kind, commune, number)) WITHOUT ROWID;
CREATE TABLE communes (code TEXT PRIMARY KEY, name TEXT, postal_code TEXT) WITHOUT ROWID;
CREATE TABLE names (number INTEGER PRIMARY KEY, kind TEXT, commune TEXT, commune_name TEXT, words TEXT);
CREATE TABLE name_words (word TEXT, number INTEGER, PRIMARY KEY (word, number)) WITHOUT ROWID;
CREATE TABLE vocabulary (word TEXT PRIMARY KEY, offices INTEGER) WITHOUT ROWID;
"""
_INDEXES = """
INSERT INTO vocabulary SELECT word, count(*) FROM name_words GROUP BY word;
CREATE INDEX by_commune ON offices (kind, commune);
CREATE INDEX by_departement ON offices (kind, departement);
"""


# The square of the distance to a position (``_from``), in degrees of latitude.
_DISTANCE = "(latitude - ?) * (latitude - ?) + (longitude - ?) * (longitude - ?) * ?"
_KM_OF_A_DEGREE = 111.2
REACH_KM = 50


def _from(latitude: float, longitude: float) -> tuple[float, ...]:
    """Returns the values of ``_DISTANCE`` for a position."""
    return (latitude, latitude, longitude, longitude, cos(radians(latitude)) ** 2)


def nearest_office(file: Path, kind: str, latitude: float, longitude: float) -> str | None:
    """Returns the id of the office of ``kind`` that is nearest to a position; ``None`` if none is near."""
    if state_of(file) is None:
        return None
    directory = DirectoryFile(file)
    try:
        office = directory.nearest_to(kind, latitude, longitude)
    finally:
        directory.close()
    return office.id if office else None


class DirectoryFileWriter:
    """Writes a new shelf next to ``file``. ``close`` replaces ``file`` with it. ``changes``: how many the desk has made."""

    def __init__(self, file: Path, version: int, source: str, changes: int = 0) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file, self._new_file = file, file.with_name(f".{file.name}.{os.getpid()}")
        self._new_file.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._new_file, check_same_thread=False)
        self._connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        self._connection.execute("INSERT INTO directory VALUES (?, ?, ?, ?)", (version, source, changes, _FORM))
        self._number = 0

    def add(self, offices: Iterable[Office], *, of_desk: bool = False) -> None:
        """Writes some offices. Those written first come first; ``of_desk``: written at the desk."""
        for office in offices:
            self._number += 1
            content = office.model_dump_json(exclude_defaults=True, exclude={"serves"})
            row = (self._number, office.id, office.kind, office.commune, office.departement, content)
            position = (of_desk, office.latitude, office.longitude)
            self._connection.execute("INSERT INTO offices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *position))
            self._connection.executemany(
                "INSERT OR IGNORE INTO served VALUES (?, ?, ?)",
                [(office.kind, commune, self._number) for commune in office.serves],
            )
            self._connection.execute(
                "INSERT OR IGNORE INTO communes VALUES (?, ?, ?)", (office.commune, office.commune_name, office.postal_code)
            )
            self._add_name(office)

    def _add_name(self, office: Office) -> None:
        """Writes the own words of the office's name (``NameIndex`` reads them)."""
        if words := words_of_name(office.name, office.kind, office.commune_name):
            row = (self._number, office.kind, office.commune, office.commune_name, " ".join(words))
            self._connection.execute("INSERT INTO names VALUES (?, ?, ?, ?, ?)", row)
            self._connection.executemany("INSERT INTO name_words VALUES (?, ?)", [(word, self._number) for word in words])

    def close(self) -> None:
        """Replaces the file in one step: a reader sees the old one or the new one, complete."""
        self._connection.executescript(_INDEXES)
        self._connection.commit()
        self._connection.close()
        with self._new_file.open("rb") as stream:
            os.fsync(stream.fileno())
        self._new_file.replace(self._file)


def version_of(file: Path) -> int | None:
    """Returns the version of the directory in ``file``; ``None`` if the file is missing or unreadable."""
    state = state_of(file)
    return state[0] if state else None


def state_of(file: Path) -> tuple[int, int] | None:
    """Returns the version of the directory in ``file``, and how many changes of the desk it has; ``None`` as ``version_of``."""
    if not file.is_file():
        return None
    try:
        with closing(_open(file)) as connection:
            version, _, *more = connection.execute("SELECT * FROM directory").fetchone()
            return int(version), int(more[0]) if len(more) > 1 else _OLD_FORM
    except (sqlite3.DatabaseError, TypeError):
        return None


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    return connection


class DirectoryFile:
    """Reads the offices of a file. Thread-safe. ``names``: the words of their names; none in a file of an earlier version."""

    def __init__(self, file: Path) -> None:
        self._connection = _open(file)
        self._lock = threading.Lock()
        columns = max((len(row) for row in self._rows("SELECT * FROM directory", ())), default=0)
        self._old_form = columns < _COLUMNS_WITH_POSITIONS
        self.names = NameIndex(self._rows) if columns > _COLUMNS_WITH_POSITIONS else None

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def numbered(self, numbers: Sequence[int]) -> list[Office]:
        """Returns the offices with these numbers (``NameIndex``)."""
        return self._find(f"number IN ({','.join('?' * len(numbers))}) ORDER BY number", numbers)

    def get(self, name: str) -> Office | None:
        """Returns the office with this id."""
        return next(iter(self._find("id = ?", (name,))), None)

    def in_commune(self, kind: str, commune: str) -> list[Office]:
        """Returns the offices of a kind in the commune; if there are none, the offices elsewhere that serve it."""
        return self._find("kind = ? AND commune = ? ORDER BY number", (kind, commune)) or self._find(
            "number IN (SELECT number FROM served WHERE kind = ? AND commune = ?) ORDER BY number", (kind, commune)
        )

    def of_desk(self, kind: str, commune: str) -> Office | None:
        """Returns the office of a kind in the commune that was written at the desk."""
        if self._old_form:
            return None
        return next(iter(self._find("of_desk AND kind = ? AND commune = ?", (kind, commune))), None)

    def in_departement(self, kind: str, departement: str) -> list[Office]:
        """Returns the offices of a kind in a département."""
        return self._find("kind = ? AND departement = ? ORDER BY number", (kind, departement))

    def nearest(self, kind: str, departement: str, commune: str) -> list[Office]:
        """Returns the offices of a kind in a département, the nearest to ``commune`` first; none without known positions.

        The position of a commune is that of its town hall.
        """
        town_hall = next(iter(self.in_commune("mairie", commune)), None)
        if self._old_form or town_hall is None or town_hall.latitude is None or town_hall.longitude is None:
            return []
        return self._find(
            f"kind = ? AND departement = ? AND latitude IS NOT NULL AND longitude IS NOT NULL ORDER BY {_DISTANCE}",
            (kind, departement, *_from(town_hall.latitude, town_hall.longitude)),
        )

    def nearest_to(self, kind: str, latitude: float, longitude: float) -> Office | None:
        """Returns the office of a kind that is nearest to a position, within ``REACH_KM``."""
        here, reach = _from(latitude, longitude), REACH_KM / _KM_OF_A_DEGREE
        found = (
            []
            if self._old_form
            else self._find(
                f"kind = ? AND latitude BETWEEN ? AND ? AND {_DISTANCE} <= ? ORDER BY {_DISTANCE}",
                (kind, latitude - reach, latitude + reach, *here, reach**2, *here),
            )
        )
        return next(iter(found), None)

    def has_positions(self, kind: str) -> bool:
        """Decides whether the position of an office of ``kind`` is known."""
        where = "kind = ? AND latitude IS NOT NULL AND longitude IS NOT NULL"
        return not self._old_form and bool(self._rows(f"SELECT id FROM offices WHERE {where} LIMIT 1", (kind,)))  # noqa: S608

    def communes(self) -> list[str]:
        """Returns a line (``places.communes.index``) for each commune with an office."""
        rows = self._rows("SELECT code, name, postal_code FROM communes", ())
        return ["\t".join(("commune", code, name, departement_of(code), _TOWN, postal, "")) for code, name, postal in rows]

    def _find(self, where: str, values: Sequence[object]) -> list[Office]:
        rows = self._rows(f"SELECT content FROM offices WHERE {where} LIMIT 20", values)  # noqa: S608 - our own words
        return [Office.model_validate_json(content) for (content,) in rows]

    def _rows(self, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()
