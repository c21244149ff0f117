"""What Rasa's response tells of its own time, as spans within the one that runs."""

from __future__ import annotations

import re

from core.telemetry import tracing

HEADER = "x-guichet-parts"
_PART = re.compile(r"([a-z]{1,16})=(\d{19})-(\d{19})")  # nanoseconds since 1970


def note_parts(header: str) -> None:
    """Spans of the parts in ``header`` (``bot/trace.py``); whatever is of another form is left out."""
    for written in header.split(", "):
        if found := _PART.fullmatch(written):
            tracing.past(found[1], int(found[2]), int(found[3]))
