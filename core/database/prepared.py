"""Statements that are put together once: SQLite then runs one of a brief session in a tenth of the time.

To find a statement's compiled form, to make a context, a cursor and a result for it costs SQLAlchemy ten times what SQLite
takes to find a row by its key. All of that is the same at each call. PostgreSQL gets the statement as any other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import Executable

from core.database.base import Base, table
from core.database.session import RecordSession

type Rows = Sequence[Sequence[Any]]
type Values = Mapping[str, Any]
type _Process = Callable[[Any], Any] | None


class Prepared:
    """A statement on tables. All that it needs is a ``bindparam`` in it, or a constant: no default is filled in by Python.

    ``made``: the statement, or for what dialects spell differently a function of the dialect's name. Like any statement on
    tables it does not write down first what a session holds.
    """

    def __init__(self, made: Executable | Callable[[str], Executable]) -> None:
        self._made = made
        self._by_dialect: dict[str, Executable] = {}
        self._ready: _Ready | None = None

    async def rows(self, session: AsyncSession, values: Values) -> Rows:
        """All rows that it gives; none for a statement that gives none."""
        raw = await session.at_hand() if isinstance(session, RecordSession) else None
        dialect = session.get_bind().dialect
        if raw is not None:
            return self.run(raw, dialect, values)
        result: Any = await session.execute(self._of(dialect), dict(values))
        return result.all() if result.returns_rows else ()

    async def first(self, session: AsyncSession, values: Values) -> Sequence[Any] | None:
        """The first of its rows."""
        rows = await self.rows(session, values)
        return rows[0] if rows else None

    def run(self, raw: sqlite3.Connection, dialect: Dialect, values: Values) -> Rows:
        """All rows that it gives on SQLite's own connection, here and now. Raises what SQLAlchemy would."""
        text, given = self.written(dialect, values)
        try:
            found = raw.execute(text, given).fetchall()
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, text, dialect) from error
        assert self._ready is not None
        return self._ready.rows(found) if found else found

    def written(self, dialect: Dialect, values: Values) -> tuple[str, Sequence[Any]]:
        """SQLite's text of the statement, and the values as SQLite takes them."""
        if self._ready is None:
            self._ready = _Ready(self._of(dialect), dialect)
        return self._ready.text, self._ready.values(values)

    def _of(self, dialect: Dialect) -> Executable:
        if not callable(self._made):
            return self._made
        made = self._by_dialect.get(dialect.name)
        if made is None:
            made = self._by_dialect[dialect.name] = self._made(dialect.name)
        return made


class NewRow:
    """The values of a new row of ``model``, where ``but`` some columns the record fills in."""

    def __init__(self, model: type[Base], *but: str) -> None:
        columns = [one for one in table(model).c if one.name not in but]
        self.bound: dict[str, Any] = {one.name: bindparam(f"its_{one.name}") for one in columns}
        self._columns = [(one.name, f"its_{one.name}", one.default) for one in columns]

    def values(self, given: Values) -> dict[str, Any]:
        """For ``bound``: what is ``given``, else what the model has as a default."""
        return {its: given[name] if name in given else _of_default(default) for name, its, default in self._columns}


def _of_default(default: Any) -> Any:
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)  # SQLAlchemy gives each function a context


def as_sqlalchemy(error: sqlite3.Error, statement: str, dialect: Dialect) -> BaseException:
    """``error`` as those who call SQLAlchemy expect it; it names the statement, never what a citizen wrote."""
    return DBAPIError.instance(statement, None, error, sqlite3.Error, hide_parameters=True, dialect=dialect)


class _Ready:
    """SQLite's text of a statement, and what becomes of each value on its way in and out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        if "POSTCOMPILE" in self.text:
            raise ValueError("a list of any length (IN) is put together at each call: name its members one by one")
        self._constants = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
        self._in: list[tuple[str, _Process]] = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        columns = getattr(statement, "exported_columns", ())
        out: list[_Process] = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns]
        self._out = [(place, process) for place, process in enumerate(out) if process is not None]

    def values(self, given: Values) -> list[Any]:
        known = {**self._constants, **given} if self._constants else given
        return [known[name] if process is None else process(known[name]) for name, process in self._in]

    def rows(self, found: Rows) -> Rows:
        return [self._row(row) for row in found] if self._out else found

    def _row(self, row: Sequence[Any]) -> Sequence[Any]:
        changed = list(row)
        for place, process in self._out:
            changed[place] = process(changed[place])
        return changed
