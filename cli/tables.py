"""Tables on the terminal."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from cli.language import pick


def add_columns(table: Table, french: str, english: str, **options: Any) -> None:
    """Adds columns with names in the operator's language, separated by ``|``. ``options`` are those of ``add_column``."""
    for name in pick(french, english).split("|"):
        table.add_column(name, **options)
