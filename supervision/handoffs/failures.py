"""Counts the bot's failures: after two in a row it offers a human without being asked, and again after some more. Pure."""

from collections.abc import Sequence

from core.turns import Outcome

OFFERED_AFTER = 2
_AGAIN_AFTER = 3  # below each reply, the offer would only be one more thing to read
MOST_COUNTED = 30  # turns: a limit to what is read of a conversation


def is_time_to_offer_human(count: int) -> bool:
    """Decides whether a human is offered after ``count`` failures in a row."""
    return count >= OFFERED_AFTER and (count - OFFERED_AFTER) % _AGAIN_AFTER == 0


def failures(turns: Sequence[tuple[str | None, bool]]) -> int:
    """Returns how many turns failed in a row up to now. ``turns``: (outcome, whether a choice was taken), latest last.

    A turn without an answer failed. A turn with choices failed if the citizen then chose none of them. For the last turn this
    is not known yet, so it neither counts nor ends the series.
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
