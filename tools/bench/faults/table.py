"""The table of the effects on citizens."""

from __future__ import annotations

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


def table_of(found: dict[str, dict[str, Any]]) -> Table:
    """Returns a row for each fault: counts of messages, and the longest waits (until accepted, and from then until the
    outcome). Below stands why a fault was impossible.
    """
    table = Table(title="./guichet bench faults", title_justify="left", box=None)
    table.add_column(pick("panne", "fault"), no_wrap=True)
    for words in _COLUMNS.values():
        table.add_column(pick(*words), justify="right")
    table.add_column(pick("attente (s)", "wait (s)"), justify="right")
    for name, row in found.items():
        taken, outcome = row["longest_s"]["taken"], row["longest_s"]["outcome"]
        waits = f"{taken} + {'?' if outcome is None else outcome}"
        table.add_row(name, *(str(row[column]) for column in _COLUMNS), "–" if row.get("failed") else waits)
    table.caption = "\n".join(f"{name} : {row['failed']}" for name, row in found.items() if row.get("failed"))
    table.caption_justify = "left"
    return table
