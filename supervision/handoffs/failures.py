"""When the bot has failed twice in a row, a human is offered without being asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.turns import Outcome

OFFERED_AFTER = 2


def failures(turns: Sequence[tuple[str | None, bool]]) -> int:
    """How many of the last turns failed in a row. ``turns``: (outcome, whether a button or number was chosen), latest last.

    A turn without an answer failed. One that offered choices failed if the citizen then chose none of them: whether the last
    turn's are refused nobody knows yet, so it neither counts nor ends the row.
    """
    count = 0
    refused = False
    for position, (outcome, chose) in enumerate(reversed(turns)):
        if outcome == Outcome.NO_ANSWER or (outcome == Outcome.CHOICES and refused):
            count += 1
        elif outcome != Outcome.CHOICES or position:
            return count
        refused = not chose
    return count
