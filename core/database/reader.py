"""A connection to SQLite that is kept for reading what is ready to be asked."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import Dialect

from core.database.prepared import Prepared, Rows, Values, as_sqlalchemy
from core.database.sqlite_driver import READING

type Asked = tuple[Prepared, Values]

_PRAGMAS = ("PRAGMA busy_timeout=10000", "PRAGMA query_only=ON")


class Reader:
    """Of the record at ``file``. It connects when it is first asked, and may be asked from any thread, one at a time."""

    def __init__(self, file: Path, dialect: Dialect) -> None:
        self._file, self._dialect = file, dialect
        self._raw: sqlite3.Connection | None = None
        self._one = threading.Lock()

    def read(self, asked: Sequence[Asked]) -> Sequence[Rows]:
        """The rows of each, all of one consistent state. Raises what SQLAlchemy would."""
        with self._one:
            try:
                if self._raw is None:
                    self._raw = _connected(self._file)
                return self._rows(self._raw, asked)
            except sqlite3.Error as error:
                raise as_sqlalchemy(error, READING, self._dialect) from error

    def close(self) -> None:
        """Until it is asked again."""
        with self._one:
            raw, self._raw = self._raw, None
            if raw is not None:
                raw.close()

    def _rows(self, raw: sqlite3.Connection, asked: Sequence[Asked]) -> Sequence[Rows]:
        if len(asked) == 1:  # which is one consistent state by itself
            return [statement.run(raw, self._dialect, values) for statement, values in asked]
        raw.execute(READING)
        try:
            return [statement.run(raw, self._dialect, values) for statement, values in asked]
        finally:
            raw.rollback()


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection
