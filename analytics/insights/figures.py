"""The vocabulary of the counts: kinds, results of a contact, and classes of times. Pure."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import accumulate

K = 10  # with fewer cases no share is given, and no smaller number is published


class Kind(StrEnum):
    """The subject of a row of ``insight_figures``; in brackets its ``key`` and its ``total``.

    A *contact* is one conversation on one local day: a number that writes by SMS for months has a single conversation.
    """

    TURNS = "turns"  # turns [outcome; milliseconds to the answer]
    HOURS = "hours"  # turns [local hour, 00 to 23]
    WAITS = "waits"  # turns answered by the program [class of milliseconds]
    SUBJECTS = "subjects"  # turns that showed an entry [its id; those judged not useful]
    CONTACTS = "contacts"  # contacts [their result]
    STARTS = "starts"  # contacts [local hour of the first message]
    LANGUAGES = "languages"  # contacts [language]
    FEEDBACK = "feedback"  # opinions ["useful", "not", or "not:" and the reason]
    SATISFACTION = "satisfaction"  # contacts judged at their end ["satisfied", "not", or "not:" and what was missing]
    HANDOFFS = "handoffs"  # requests for a human ["asked", "failures", "crisis", "call_back", "mail_back"]
    HUMAN_WAITS = "human_waits"  # requests claimed by a human [class of seconds; seconds]
    FIRST_ANSWERS = "first_answers"  # contacts to which a page was shown [reaction to the first one]
    SMS = "sms"  # segments sent ["segments"; ten-thousandths of a euro]


class Reaction(StrEnum):
    """The reaction to the first answer of a contact, in the next two messages (``analytics.insights.first_answers``)."""

    ACCEPTED = "accepted"  # none of the following; it does not prove that the answer helped
    REFUSED = "refused"  # "ce n'est pas ça", or the button "Aucune de ces réponses"
    REWORDED = "reworded"  # the same question again in other words
    HUMAN = "human"  # the citizen asked for a human


class Contact(StrEnum):
    """The result of a contact: the first that applies."""

    HUMAN = "human"  # the citizen asked for a human, or a human wrote
    ANSWERED = "answered"  # at least one answer was shown
    OFFERED = "offered"  # choices or a question back, and the citizen wrote no more
    UNANSWERED = "unanswered"  # a question without a good enough answer, out of scope, or a failure of the service
    OTHER = "other"  # small talk, commands, care messages


# Upper bounds; values above the last one are in a class of their own.
MILLISECONDS = (25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000)
SECONDS = (15, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
_ABOVE = "above"


def class_of(value: float, bounds: Sequence[int]) -> str:
    """Returns the key of the class of ``bounds`` that contains ``value``: its upper bound, padded so that keys sort."""
    place = bisect_left(bounds, value)
    return f"{bounds[place]:06d}" if place < len(bounds) else _ABOVE


def quantile(classes: Mapping[str, int], share: float, bounds: Sequence[int]) -> float | None:
    """Returns the value below which ``share`` (0 to 1) of the counts lie, linear within its class; ``None`` if there are none.

    A value above the last bound is given as that bound.
    """
    counts = [classes.get(f"{bound:06d}", 0) for bound in bounds] + [classes.get(_ABOVE, 0)]
    total = sum(counts)
    if not total:
        return None
    rank, lower = share * total, 0
    for bound, count, reached in zip(bounds, counts, accumulate(counts), strict=False):
        if count and reached >= rank:
            return lower + (bound - lower) * (rank - (reached - count)) / count
        lower = bound
    return float(bounds[-1])
