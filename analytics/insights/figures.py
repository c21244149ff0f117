"""The words of the counts: kinds, what a contact came to, and the classes into which times fall. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import accumulate

K = 10  # a share is not given of fewer, and no number under it is published


class Kind(StrEnum):
    """What a row of ``insight_figures`` counts; in brackets its ``key`` and its ``total``.

    A *contact* is what one conversation came to on one local day: a number that writes by SMS for months is one conversation.
    """

    TURNS = "turns"  # turns [outcome; milliseconds to the answer]
    HOURS = "hours"  # turns [local hour, 00 to 23]
    WAITS = "waits"  # turns that a program answered [class of milliseconds]
    SUBJECTS = "subjects"  # turns that showed an entry [its id; those judged not useful]
    CONTACTS = "contacts"  # contacts [what they came to]
    STARTS = "starts"  # contacts [local hour of the first message]
    LANGUAGES = "languages"  # contacts [language]
    FEEDBACK = "feedback"  # opinions ["useful", "not", or "not:" and the reason]
    HANDOFFS = "handoffs"  # requests for a human ["asked", "failures", "crisis", "call_back"]
    HUMAN_WAITS = "human_waits"  # requests that a human took up [class of seconds; seconds]
    FIRST_ANSWERS = "first_answers"  # contacts to which a page was shown [how the first one was received]
    SMS = "sms"  # segments that went out ["segments"; ten-thousandths of a euro]


class Reaction(StrEnum):
    """How the first answer of a contact was received, by the next two messages (``analytics.insights.first_answers``)."""

    ACCEPTED = "accepted"  # none of what follows; it does not say that the answer helped
    REFUSED = "refused"  # "ce n'est pas ça", or the button "Aucune de ces réponses"
    REWORDED = "reworded"  # the same question again in other words
    HUMAN = "human"  # a human was asked for


class Contact(StrEnum):
    """What a contact came to, the first that applies."""

    HUMAN = "human"  # a human was asked for, or spoke
    ANSWERED = "answered"  # at least one answer was shown
    OFFERED = "offered"  # choices or a question back, and the citizen left it there
    UNANSWERED = "unanswered"  # asked, and nothing was good enough, or out of scope, or the service failed
    OTHER = "other"  # small talk, commands, care messages


# Upper bounds; what is above the last falls into a class of its own.
MILLISECONDS = (25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000)
SECONDS = (15, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
_ABOVE = "above"


def class_of(value: float, bounds: Sequence[int]) -> str:
    """Returns the key of the class of ``bounds`` into which ``value`` falls: its upper bound, padded so that keys sort."""
    place = bisect_left(bounds, value)
    return f"{bounds[place]:06d}" if place < len(bounds) else _ABOVE


def quantile(classes: Mapping[str, int], share: float, bounds: Sequence[int]) -> float | None:
    """The value under which ``share`` (0 to 1) of the counted lie, linear within its class; ``None`` where nothing was counted.

    What lies above the last bound is given as that bound.
    """
    counts = [classes.get(f"{bound:06d}", 0) for bound in bounds] + [classes.get(_ABOVE, 0)]
    total = sum(counts)
    if not total:
        return None
    wanted, lower = share * total, 0
    for bound, count, reached in zip(bounds, counts, accumulate(counts), strict=False):
        if count and reached >= wanted:
            return lower + (bound - lower) * (wanted - (reached - count)) / count
        lower = bound
    return float(bounds[-1])
