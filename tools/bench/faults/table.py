"""The table of the effects on citizens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from cli.language import pick

_COLUMNS = {
    "taken": ("acceptés", "taken"),
    "answered": ("répondus", "answered"),
    "fallback": ("repli", "fallback"),
    "refused": ("répétés", "repeated"),
    "given_up": ("abandons", "given up"),
    "lost": ("perdus", "lost"),
    "unanswered": ("sans suite", "open"),
    "doubled": ("doublés", "twice"),
    "sms_unconfirmed": ("SMS incertains", "SMS unsure"),
}


SETS_COLUMNS = {
    name: _COLUMNS[name] for name in ("taken", "answered", "fallback", "refused", "lost", "unanswered", "doubled")
} | {
    "out_of_order": ("désordre", "disorder"),
    "not_shown": ("pas vus", "not seen"),
    "shown_twice": ("vus 2 fois", "seen twice"),
    "longest_shown_s": ("vu après (s)", "seen after (s)"),
    "followed_s": ("suivi après (s)", "followed (s)"),
}
"""Of ``bench sets``: what stands in the record, then what the citizens' open pages showed."""


def table_of(
    found: dict[str, dict[str, Any]], what: str = "faults", columns: Mapping[str, tuple[str, str]] = _COLUMNS
) -> Table:
    """Returns a row for each fault: counts of messages, and the longest waits (until accepted, and from then until the
    outcome). Below stands why a fault was impossible.
    """
    table = Table(title=f"./guichet bench {what}", title_justify="left", box=None)
    table.add_column(pick("panne", "fault"), no_wrap=True)
    for words in columns.values():
        table.add_column(pick(*words), justify="right")
    table.add_column(pick("attente (s)", "wait (s)"), justify="right")
    for name, row in found.items():
        taken, outcome = row["longest_s"]["taken"], row["longest_s"]["outcome"]
        waits = f"{taken} + {'?' if outcome is None else outcome}"
        table.add_row(name, *(str(row.get(column, "–")) for column in columns), "–" if row.get("failed") else waits)
    table.caption = "\n".join(f"{name} : {row['failed']}" for name, row in found.items() if row.get("failed"))
    table.caption_justify = "left"
    return table
