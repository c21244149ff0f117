"""The rows of one day of synthetic traffic, table by table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from core.channels import traits_of
from core.turns import Origin, Outcome
from tools.bench.traffic.shape import ZONE, Year

THEMES = (
    "Papiers - Citoyenneté",
    "Famille",
    "Logement",
    "Transports",
    "Travail",
    "Argent",
    "Social - Santé",
    "Étranger",
    "Justice",
    "Loisirs",
    "Formation",
)
ENTRIES = 900  # the last one is the new topic
NEW_TOPIC = f"T{ENTRIES - 1}"
_OUTCOMES = {
    Outcome.ANSWERED: 0.585,
    Outcome.CHOICES: 0.12,
    Outcome.GUIDED: 0.06,
    Outcome.NO_ANSWER: 0.08,
    Outcome.OUT_OF_SCOPE: 0.03,
    Outcome.SMALL_TALK: 0.07,
    Outcome.HANDOFF_WAITING: 0.02,
    Outcome.HANDOFF_OFFLINE: 0.01,
    Outcome.COMMAND: 0.01,
    Outcome.PERSONAL_DATA: 0.01,
    Outcome.FALLBACK: 0.003,
    Outcome.CRISIS: 0.002,
}
_LANGUAGES = {"fr": 0.88, "en": 0.07, "es": 0.03, "ar": 0.02}
_REASONS = ("wrong_page", "incomplete", "outdated", "unclear", "")
_SMS = 0.25
_TURNS = 2.8  # in a conversation, on average

type Row = tuple[object, ...]

COLUMNS = {
    "conversations": ("id", "channel", "origin", "language", "provider", "closing", "created_at", "last_at"),
    "messages": ("id", "conversation_id", "external_id", "dedup", "text", "received_at", "outcome", "handled_at", "attempts"),
    "replies": (
        *("id", "conversation_id", "in_reply_to", "outcome", "blocks", "entry", "entry_version", "snapshot"),
        *("confidence", "milliseconds", "created_at"),
    ),
    "deliveries": (
        *("reply_id", "part", "text", "provider", "status", "segments", "attempts", "error", "created_at", "updated_at"),
    ),
    "feedback": ("reply_id", "useful", "reason", "comment", "created_at"),
    "handoffs": (
        *("id", "conversation_id", "kind", "state", "reason", "alert", "subject", "owner", "fencing", "number_hint"),
        *("best_time", "created_at", "waiting_since", "claimed_at", "closed_at"),
    ),
}


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn. ``second`` of the day; ``draws``: four random numbers from 0 to 1 for the other decisions."""

    outcome: str
    entry: int | None
    second: int
    milliseconds: int
    draws: list[float]


@dataclass
class Tables:
    """Rows by table, in an order that allows insertion."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})

    def add(self, table: str, *values: object) -> None:
        self.rows[table].append(values)


def theme_of(number: int) -> str:
    """Returns the theme of entry ``number``; every theme has popular entries."""
    return THEMES[number % len(THEMES)]


def of_each_day(year: Year) -> Iterator[tuple[date, Tables]]:
    """Yields the days of ``year`` in order."""
    writer = _Writer(year)
    for number, volume in enumerate(year.volumes.tolist()):
        day = year.first + timedelta(days=number)
        yield day, writer.day(day, volume)


class _Writer:
    def __init__(self, year: Year) -> None:
        self._year = year
        self._chance = np.random.default_rng(year.seed + 1)
        popularity = 1.0 / (np.arange(ENTRIES - 1) + 4.0)
        self._popularity = np.cumsum(popularity / popularity.sum())
        self._last = 0

    def day(self, day: date, volume: int) -> Tables:
        tables, chance = Tables(), self._chance
        hours = np.sort(chance.choice(24, size=volume, p=self._year.hours(day)))
        outcomes = chance.choice([str(one) for one in _OUTCOMES], size=volume, p=list(_OUTCOMES.values()))
        if day == self._year.outage:
            outcomes = np.where((hours >= 9) & (hours < 15) & (chance.random(volume) < 0.85), str(Outcome.FALLBACK), outcomes)
        entries = np.searchsorted(self._popularity, chance.random(volume))
        entries = np.where(chance.random(volume) < self._year.topic_share(day), ENTRIES - 1, entries)
        columns = (
            outcomes.tolist(),
            entries.tolist(),
            np.sort(hours * 3600 + chance.integers(0, 3600, volume)).tolist(),
            np.exp(chance.normal(np.log(180), 0.5, volume)).astype(int).tolist(),
            chance.random((volume, 4)).tolist(),
        )
        turns = [
            _Turn(outcome, entry if outcome == Outcome.ANSWERED else None, second, milliseconds, draws)
            for outcome, entry, second, milliseconds, draws in zip(*columns, strict=True)
        ]
        midnight = datetime.combine(day, time.min, ZONE).astimezone(UTC)
        sizes = np.minimum(chance.geometric(1 / _TURNS, volume), 30).tolist()
        languages = chance.choice(list(_LANGUAGES), size=volume, p=list(_LANGUAGES.values())).tolist()
        done = 0
        for size, language, of_sms in zip(sizes, languages, chance.random(volume).tolist(), strict=True):
            if done >= volume:
                break
            self._conversation(tables, midnight, turns[done : done + size], language, "sms" if of_sms < _SMS else "web")
            done += size
        return tables

    def _conversation(self, tables: Tables, midnight: datetime, turns: list[_Turn], language: str, channel: str) -> None:
        conversation, provider = self._id(), "bench" if traits_of(channel).identifies_by_number else None
        times = [midnight + timedelta(seconds=turn.second) for turn in turns]
        tables.add("conversations", conversation, channel, str(Origin.BENCH), language, provider, False, times[0], times[-1])
        for turn, asked_at in zip(turns, times, strict=True):
            message, reply, answered_at = self._id(), self._id(), asked_at + timedelta(milliseconds=turn.milliseconds)
            entry = "" if turn.entry is None else f"T{turn.entry}"
            about = "une démarche" if turn.entry is None else f"la démarche {turn.entry}"
            asked = f"Bonjour, j'ai une question sur {about}, que dois-je faire ? (masqué)"
            tables.add(
                "messages", message, conversation, message, f"bench:{message}", asked, asked_at, turn.outcome, answered_at, 1
            )
            said = f'[{{"type":"text","text":"Voici ce que dit la fiche sur {about}."}}]'
            confidence = 0.5 + turn.draws[0] / 2 if entry else None
            tables.add(
                "replies",
                *(reply, conversation, message, turn.outcome, said, entry, 1 if entry else 0, "bench" if entry else ""),
                *(confidence, turn.milliseconds, answered_at),
            )
            if provider:
                segments = 1 + int(turn.draws[1] * 3)
                state = "delivered" if turn.draws[2] < 0.97 else "failed"
                tables.add("deliveries", reply, 0, said, provider, state, segments, 1, "", answered_at, answered_at)
            if turn.draws[3] < 0.1:
                self._opinion(tables, reply, turn, answered_at)
            if turn.outcome in (Outcome.HANDOFF_WAITING, Outcome.HANDOFF_OFFLINE):
                self._handoff(tables, conversation, turn, answered_at)

    def _opinion(self, tables: Tables, reply: str, turn: _Turn, at: datetime) -> None:
        useful = turn.draws[0] < (0.8 if turn.entry is not None else 0.25)
        reason = "" if useful else _REASONS[int(turn.draws[1] * len(_REASONS))]
        tables.add("feedback", reply, useful, reason, "", at + timedelta(seconds=60))

    def _handoff(self, tables: Tables, conversation: str, turn: _Turn, at: datetime) -> None:
        """Adds a handoff: claimed after two minutes on average, and closed ten minutes later; offline, nobody claims it."""
        waits = turn.outcome == Outcome.HANDOFF_WAITING
        claimed = at - timedelta(seconds=120 * float(np.log1p(-turn.draws[0]))) if waits else None
        closed = claimed + timedelta(minutes=10) if claimed else at + timedelta(days=1)
        reason = "asked" if turn.draws[1] < 0.7 else "failures"
        tables.add(
            "handoffs",
            *(self._id(), conversation, "chat", "closed", reason, False, "", "bench" if waits else None, 1 if waits else 0),
            *("", "", at, at if waits else None, claimed, closed),
        )

    def _id(self) -> str:
        self._last += 1
        return f"{self._year.seed:08x}{self._last:024x}"
