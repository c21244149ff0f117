"""Tables on the terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.language import pick


def print_table(heads: tuple[str, str], rows: Iterable[Iterable[object]], *, title: str = "", **options: Any) -> None:
    """Prints ``rows`` under the French or English ``heads``, separated by ``|``. ``options`` are those of the columns."""
    table = Table(title=title or None, title_justify="left")
    add_columns(table, *heads, **options)
    for row in rows:
        table.add_row(*map(str, row))
    Console().print(table)


def add_columns(table: Table, french: str, english: str, **options: Any) -> None:
    """Adds columns with names in the operator's language, separated by ``|``. ``options`` are those of ``add_column``."""
    for name in pick(french, english).split("|"):
        table.add_column(name, **options)
