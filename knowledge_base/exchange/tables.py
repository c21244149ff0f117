"""The tables of an exported file (docs/guides/format-export.md), and their rows as JSON and back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, inspect

from core.database.base import Base, UtcDateTime
from core.database.models import Collection, Conflict, EntryRow, GoldenQuestion, Revision, Step, SynonymGroup, SynonymVersion

FORMAT = "guichet-knowledge-base"
VERSION = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Table:
    """One file of JSON lines. ``left_out`` are columns that have no meaning outside of this database, or that are in another
    file.

    ``later``: older exports do not have this file.
    """

    name: str
    model: type[Base]
    order: tuple[str, ...]
    left_out: frozenset[str] = frozenset()
    collection: str | None = "collection"  # the column with its name; without one: only in a full export
    later: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.jsonl"

    @property
    def columns(self) -> Mapping[str, Any]:
        """Returns column name → SQLAlchemy column, of the exported columns."""
        return {column.key: column for column in inspect(self.model).columns if column.key not in self.left_out}


# Titles, contents and digests of entries are in their revisions.
TABLES = (
    Table("collections", Collection, ("name",), collection="name"),
    Table("entries", EntryRow, ("collection", "id"), frozenset({"content", "title", "locale", "digest", "served"})),
    Table("revisions", Revision, ("collection", "entry_id", "version")),
    Table("steps", Step, ("seq",), frozenset({"seq"})),
    Table("conflicts", Conflict, ("seq",), frozenset({"seq"})),
    Table("golden", GoldenQuestion, ("id",)),
    Table("synonyms", SynonymGroup, ("id",), collection=None, later=True),
    Table("synonym_versions", SynonymVersion, ("group_id", "version"), collection=None, later=True),
)


def as_json(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a row in the format of the file; times and days in ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items() if name in table.columns
    }


def from_json(table: Table, line: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the row of a line. Raises ``ValueError`` for a column that is missing, unknown or of another type."""
    columns = table.columns
    unknown = sorted(set(line) - set(columns))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} ?")
    return {name: _value(name, column, line) for name, column in columns.items()}


def _value(name: str, column: Any, line: Mapping[str, Any]) -> Any:
    value = line.get(name)
    if value is None:
        if not column.nullable:
            raise ValueError(f"{name} : ∅")
        return None
    try:
        return _reader(column)(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} : {str(value)[:40]!r}") from error


def _reader(column: Any) -> Callable[[Any], Any]:
    if isinstance(column.type, UtcDateTime):
        return _moment
    if isinstance(column.type, Date):
        return date.fromisoformat
    kind = column.type.python_type
    length = getattr(column.type, "length", None)

    def read(value: Any) -> Any:
        if kind in (str, int, bool) and (type(value) is not kind or (length and len(value) > length)):
            raise ValueError(value)
        if kind is dict and not isinstance(value, dict | list):
            raise ValueError(value)
        return value

    return read


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
