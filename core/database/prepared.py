"""Statements that are built once: building one costs SQLAlchemy more than running it costs SQLite."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import Executable

from core.database.base import Base, table

type Rows = Sequence[Sequence[Any]]
type Values = Mapping[str, Any]


class Prepared:
    """A statement on tables, with a ``bindparam`` for each value.

    ``statement``: the statement, or a function from a dialect's name to the statement if dialects differ. Like any statement on
    tables it does not flush the session first.
    """

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        self._statement = statement
        self._by_dialect: dict[str, Executable] = {}

    async def rows(self, session: AsyncSession, values: Values) -> Rows:
        """Returns all rows of the result; none if the statement returns none."""
        return _all(await session.execute(self._statement_for(session.get_bind().dialect.name), dict(values)))

    async def first(self, session: AsyncSession, values: Values) -> Sequence[Any] | None:
        """Returns the first row of the result."""
        rows = await self.rows(session, values)
        return rows[0] if rows else None

    def run(self, connection: Connection, values: Values) -> Rows:
        """Returns all rows of the result on ``connection``, in the calling thread."""
        return _all(connection.execute(self._statement_for(connection.dialect.name), dict(values)))

    def _statement_for(self, dialect: str) -> Executable:
        if not callable(self._statement):
            return self._statement
        statement = self._by_dialect.get(dialect)
        if statement is None:
            statement = self._by_dialect[dialect] = self._statement(dialect)
        return statement


class NewRow:
    """The values of a new row of ``model``, except the columns ``but``, which the database fills in."""

    def __init__(self, model: type[Base], *but: str) -> None:
        columns = [one for one in table(model).c if one.name not in but]
        self.bound: dict[str, Any] = {one.name: bindparam(f"its_{one.name}") for one in columns}
        self._columns = [(one.name, f"its_{one.name}", one.default) for one in columns]

    def values(self, given: Values) -> dict[str, Any]:
        """Returns the values for ``bound``: what is ``given``, else the model's defaults."""
        return {its: given[name] if name in given else _value_of_default(default) for name, its, default in self._columns}


def _all(result: Any) -> Rows:
    rows: Rows = result.all() if result.returns_rows else ()
    return rows


def _value_of_default(default: Any) -> Any:
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)  # SQLAlchemy passes a context to each function
