"""Compares the last week's answers with the four weeks before: are they worse, or different? Pure.

The units of comparison are days, not turns. Turns of one conversation, or of one day's news, are not independent, so a test
over turns would give false alarms. Both windows are whole weeks, so no weekday weighs more in one of them.

False alarms and missed changes are simulated by ``./guichet drift --simulate`` (docs/quality-drift.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from scipy.stats import binomtest, ttest_ind

RECENT, BEFORE = timedelta(days=7), timedelta(days=28)
LEAST_TURNS = 20  # least turns of a day that counts
LEAST_RECENT, LEAST_BEFORE = 5, 14  # least days
SIGNIFICANCE = 0.001  # largest p-value of a change that is reported
LEAST_CHANGE = 0.05  # least change of an outcome's share, or of the mean confidence, that is worth an editor's attention
FELL, FELL_SURE = 3, 0.05  # golden questions that fell, minus those that rose
_NIGHTS = 3  # nights of a golden question before its usual result is known
CONFIDENCE = "confidence"
OUTCOMES = ("answered", "choices", "guided", "no_answer", "out_of_scope", "fallback")


@dataclass(frozen=True, slots=True)
class Night:
    """The figures of one night for ``day``: see ``core.database.models.QualityNight``."""

    day: date
    golden: Mapping[str, bool]
    outcomes: Mapping[str, int]
    searched: int
    confidence: float

    @property
    def turns(self) -> int:
        return sum(self.outcomes.values())

    def figure(self, name: str) -> float | None:
        """Returns the share of outcome ``name``, or the mean confidence; ``None`` on a day with too few turns."""
        count, value = (self.searched, self.confidence) if name == CONFIDENCE else (self.turns, self.outcomes.get(name, 0))
        return value / count if count >= LEAST_TURNS else None


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure that has changed: its mean ``before`` and ``now``."""

    name: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Drift:
    """The differences. ``fell`` and ``rose`` are golden questions answered differently from most of the nights before.
    ``golden_alarm`` says that more fell than chance explains. ``asked`` counts the questions with enough nights to compare.
    """

    asked: int = 0
    fell: tuple[str, ...] = ()
    rose: tuple[str, ...] = ()
    golden_alarm: bool = False
    moved: tuple[ChangedFigure, ...] = ()
    recent_days: int = 0
    before_days: int = 0

    @property
    def alarm(self) -> bool:
        return self.golden_alarm or bool(self.moved)


def compare(nights: Sequence[Night]) -> Drift:
    """Compares the week of the newest of ``nights`` with the four weeks before. Without enough nights nothing is reported."""
    if not nights:
        return Drift()
    ordered = sorted(nights, key=lambda night: night.day)
    last = ordered[-1]
    recent = [night for night in ordered if last.day - RECENT < night.day]
    before = [night for night in ordered if last.day - RECENT - BEFORE < night.day <= last.day - RECENT]
    asked, fell, rose = _golden(last, [night for night in ordered[:-1] if night.day > last.day - RECENT - BEFORE])
    changed = len(fell) + len(rose)
    unlikely = changed > 0 and binomtest(len(fell), changed, 0.5, alternative="greater").pvalue <= FELL_SURE
    found = (_changed_figure(name, recent, before) for name in (*OUTCOMES, CONFIDENCE))
    return Drift(
        asked=asked,
        fell=fell,
        rose=rose,
        golden_alarm=unlikely and len(fell) - len(rose) >= FELL,
        moved=tuple(one for one in found if one),
        recent_days=sum(night.turns >= LEAST_TURNS for night in recent),
        before_days=sum(night.turns >= LEAST_TURNS for night in before),
    )


def _golden(last: Night, earlier: Sequence[Night]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    fell: list[str] = []
    rose: list[str] = []
    asked = 0
    for name, right in sorted(last.golden.items()):
        known = [night.golden[name] for night in earlier if name in night.golden]
        if len(known) < _NIGHTS:
            continue
        asked += 1
        usually = sum(known) * 2 > len(known)
        if usually != right:
            (rose if right else fell).append(name)
    return asked, tuple(fell), tuple(rose)


def _changed_figure(name: str, recent: Sequence[Night], before: Sequence[Night]) -> ChangedFigure | None:
    present = [value for night in recent if (value := night.figure(name)) is not None]
    past = [value for night in before if (value := night.figure(name)) is not None]
    if len(present) < LEAST_RECENT or len(past) < LEAST_BEFORE:
        return None
    was, is_now = fmean(past), fmean(present)
    if abs(is_now - was) < LEAST_CHANGE:
        return None
    if len(set(present)) == len(set(past)) == 1:  # no variance: the test would divide by zero
        return ChangedFigure(name, was, is_now)
    # Welch's test: the two windows may have different variances.
    return ChangedFigure(name, was, is_now) if ttest_ind(present, past, equal_var=False).pvalue <= SIGNIFICANCE else None
