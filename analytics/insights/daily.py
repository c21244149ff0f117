"""Turns one day's facts into counts. Pure: ``facts`` reads the record, ``job`` writes the counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.insights.figures import MILLISECONDS, SECONDS, Contact, Kind, class_of
from analytics.insights.first_answers import first_answer
from core.handoff import BY_FORM
from core.turns import Outcome

_OFFERED = frozenset({Outcome.CHOICES, Outcome.GUIDED})
_FAILED = frozenset({Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE, Outcome.FALLBACK})
_HUMAN = frozenset({Outcome.HANDOFF_WAITING, Outcome.HANDOFF_OFFLINE, Outcome.HUMAN})
_NOT_WAITED_FOR = frozenset({Outcome.HUMAN, Outcome.SILENT})  # there was no answer, so there is no time to an answer


class TurnFact(NamedTuple):
    """One turn. ``entry`` is empty if none was shown; ``shown`` is the page that a reply with content showed.

    ``text`` (masked) and ``payload`` are the citizen's input: used while a day is counted, and not stored in the counts.
    ``answered_as_refusal``: the assistant answered it as a refusal.
    """

    at: datetime
    conversation: str
    channel: str
    language: str
    outcome: str
    entry: str
    milliseconds: int
    text: str = ""
    payload: str = ""
    shown: str = ""
    answered_as_refusal: bool = False


class OpinionFact(NamedTuple):
    """A citizen's opinion on a reply that showed ``entry``."""

    channel: str
    entry: str
    useful: bool
    reason: str


class VerdictFact(NamedTuple):
    """A citizen's verdict at the end of a contact; ``missing`` belongs to a "no"."""

    channel: str
    satisfied: bool
    missing: str


class HandoffFact(NamedTuple):
    """One request for a human. ``waited``: seconds until a human claimed it, ``None`` if none did."""

    channel: str
    kind: str
    reason: str
    waited: float | None


class SegmentFact(NamedTuple):
    """SMS segments sent with a reply that showed ``entry``."""

    channel: str
    entry: str
    segments: int


@dataclass(frozen=True, slots=True)
class DayFacts:
    """All facts of one local day."""

    turns: Iterable[TurnFact] = ()
    opinions: Iterable[OpinionFact] = ()
    verdicts: Iterable[VerdictFact] = ()
    handoffs: Iterable[HandoffFact] = ()
    segments: Iterable[SegmentFact] = ()


class Cell(NamedTuple):
    """The key of a count: that of a row of ``insight_figures`` within a day."""

    kind: Kind
    channel: str
    theme: str
    key: str


@dataclass(slots=True)
class Counts:
    """Counts and their totals, by cell."""

    count: Counter[Cell] = field(default_factory=Counter)
    total: Counter[Cell] = field(default_factory=Counter)

    def add(self, kind: Kind, channel: str, theme: str, key: str, total: int = 0, *, count: int = 1) -> None:
        cell = Cell(kind, channel, theme, key)
        self.count[cell] += count
        self.total[cell] += total


def count_day(facts: DayFacts, *, zone: ZoneInfo, themes: Mapping[str, str], segment_cost: int) -> Counts:
    """Returns the counts of one day. ``themes``: entry → widest theme; ``segment_cost``: ten-thousandths of a euro."""
    counts = Counts()
    contacts: dict[str, list[TurnFact]] = defaultdict(list)
    for turn in facts.turns:
        contacts[turn.conversation].append(turn)
        theme = themes.get(turn.entry, "")
        counts.add(Kind.TURNS, turn.channel, theme, turn.outcome, turn.milliseconds)
        counts.add(Kind.HOURS, turn.channel, "", f"{turn.at.astimezone(zone):%H}")
        if turn.outcome not in _NOT_WAITED_FOR:
            counts.add(Kind.WAITS, turn.channel, "", class_of(turn.milliseconds, MILLISECONDS))
        if turn.entry:
            counts.add(Kind.SUBJECTS, turn.channel, theme, turn.entry)
    for turns in contacts.values():
        first = turns[0]
        counts.add(Kind.CONTACTS, first.channel, main_theme(turns, themes), contact_result(turns))
        counts.add(Kind.STARTS, first.channel, "", f"{first.at.astimezone(zone):%H}")
        counts.add(Kind.LANGUAGES, first.channel, "", first.language)
        if answer := first_answer(turns):
            counts.add(Kind.FIRST_ANSWERS, first.channel, themes.get(answer.entry, ""), answer.reaction)
    for opinion in facts.opinions:
        theme = themes.get(opinion.entry, "")
        key = "useful" if opinion.useful else f"not:{opinion.reason}" if opinion.reason else "not"
        counts.add(Kind.FEEDBACK, opinion.channel, theme, key)
        if opinion.entry and not opinion.useful:
            counts.add(Kind.SUBJECTS, opinion.channel, theme, opinion.entry, 1, count=0)
    for verdict in facts.verdicts:
        key = "satisfied" if verdict.satisfied else f"not:{verdict.missing}" if verdict.missing else "not"
        counts.add(Kind.SATISFACTION, verdict.channel, "", key)
    for handoff in facts.handoffs:
        is_call_back = handoff.kind in BY_FORM
        counts.add(Kind.HANDOFFS, handoff.channel, "", handoff.kind if is_call_back else handoff.reason)
        if handoff.waited is not None and not is_call_back:
            counts.add(Kind.HUMAN_WAITS, handoff.channel, "", class_of(handoff.waited, SECONDS), round(handoff.waited))
    for sent in facts.segments:
        theme = themes.get(sent.entry, "")
        counts.add(Kind.SMS, sent.channel, theme, "segments", sent.segments * segment_cost, count=sent.segments)
    return counts


def contact_result(turns: Iterable[TurnFact]) -> Contact:
    """Returns the result of one contact, from all its turns."""
    outcomes = {turn.outcome for turn in turns}
    for contact, matching in (
        (Contact.HUMAN, _HUMAN),
        (Contact.ANSWERED, {Outcome.ANSWERED}),
        (Contact.OFFERED, _OFFERED),
        (Contact.UNANSWERED, _FAILED),
    ):
        if outcomes & matching:
            return contact
    return Contact.OTHER


def main_theme(turns: Iterable[TurnFact], themes: Mapping[str, str]) -> str:
    """Returns the most frequent theme of a contact's entries, the earliest of equals; empty if no entry was shown."""
    shown_themes = Counter(theme for turn in turns if (theme := themes.get(turn.entry, "")))
    return shown_themes.most_common(1)[0][0] if shown_themes else ""
