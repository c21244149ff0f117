"""The counts of first answers: how many there were, and the share that was not accepted."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.insights.figures import K, Kind, Reaction
from analytics.insights.queries import Scope, counts_by_key, share, sums
from core.database import Database
from core.database.models import InsightFigure

_NOT_ACCEPTED = (Reaction.REFUSED, Reaction.REWORDED, Reaction.HUMAN)


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """First answers by the citizens' reaction. With fewer than ``K`` answers, every figure is ``None``."""

    counts: Mapping[str, int]

    @property
    def count(self) -> int | None:
        """Returns how many first answers there were."""
        count = sum(self.counts.values())
        return count if count >= K else None

    @property
    def not_accepted(self) -> float | None:
        """Returns the share (0 to 1) that was refused or reworded, or after which the citizen asked for a human."""
        return self.by(*_NOT_ACCEPTED)

    def by(self, *reactions: str) -> float | None:
        """Returns the share (0 to 1) with one of these ``reactions``."""
        return share(sum(self.counts.get(one, 0) for one in reactions), self.count) if self.count else None


async def first_answers(database: Database, scope: Scope) -> FirstAnswers:
    """Returns the first answers of all of ``scope``. A day counted before this figure existed has none."""
    return FirstAnswers(await counts_by_key(database, Kind.FIRST_ANSWERS, scope))


async def first_answers_by_theme(database: Database, scope: Scope) -> list[tuple[str, FirstAnswers]]:
    """Returns the first answers by theme of the page shown (empty: no theme), the themes with most of them first."""
    themes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    cells = await sums(database, Kind.FIRST_ANSWERS, scope, InsightFigure.theme, InsightFigure.key)
    for (theme, key), one in cells.items():
        themes[theme][key] = one.count
    return [
        (theme, FirstAnswers(counts))
        for theme, counts in sorted(themes.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    ]


async def first_answers_by_week(database: Database, scope: Scope) -> defaultdict[date, FirstAnswers]:
    """Returns the first answers by week (its Monday); a missing week has none."""
    weeks: defaultdict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (day, key), one in (await sums(database, Kind.FIRST_ANSWERS, scope, InsightFigure.day, InsightFigure.key)).items():
        weeks[day - timedelta(days=day.weekday())][key] += one.count
    return defaultdict(lambda: FirstAnswers({}), {monday: FirstAnswers(counts) for monday, counts in weeks.items()})
