"""The day's sample: every kind of reply is represented, rare ones more than in proportion. Pure except ``draw``."""

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from math import sqrt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from core.database import Database
from core.database.models import Conversation, Reply, ReviewItem
from core.dates import day_bounds
from core.turns import Origin, Outcome

# Outcomes that a person can judge: answers, and replies instead of one.
JUDGED = (Outcome.ANSWERED, Outcome.CHOICES, Outcome.GUIDED, Outcome.NO_ANSWER, Outcome.OUT_OF_SCOPE)
_BANDS = ((0.6, "low"), (0.85, "middle"), (1.01, "high"))


class Candidate(NamedTuple):
    """A reply that could be drawn."""

    reply: str
    channel: str
    outcome: str
    confidence: float | None
    language: str

    @property
    def stratum(self) -> str:
        band = "none" if self.confidence is None else next(name for bound, name in _BANDS if self.confidence < bound)
        return f"{self.channel} {self.outcome} {band} {self.language}"


def stratified(candidates: Sequence[Candidate], size: int, seed: str) -> list[Candidate]:
    """Returns ``size`` of ``candidates`` (fewer if there are no more), the same for the same ``seed``.

    One of each stratum, the largest first; then by the square root of their sizes, so that frequent kinds are judged most and
    rare ones are judged at all (Bankier, JASA 1988).
    """
    chance = random.Random(seed)  # noqa: S311 - reproducible, no secret
    strata: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in sorted(candidates):
        strata[candidate.stratum].append(candidate)
    for members in strata.values():
        chance.shuffle(members)
    drawn_from = dict.fromkeys(strata, 0)
    drawn: list[Candidate] = []
    while len(drawn) < min(size, len(candidates)):
        left = [name for name in strata if drawn_from[name] < len(strata[name])]
        name = max(left, key=lambda one: (drawn_from[one] == 0, sqrt(len(strata[one])) / (drawn_from[one] + 1), one))
        drawn.append(strata[name][drawn_from[name]])
        drawn_from[name] += 1
    return drawn


async def draw(database: Database, day: date, *, zone: ZoneInfo, size: int, origin: str = Origin.CITIZEN) -> int:
    """Draws the sample of ``day``, once. Returns how many replies were drawn now."""
    start, end = day_bounds(day, day, zone)
    query = (
        select(Reply.id, Conversation.channel, Reply.outcome, Reply.confidence, Conversation.language)
        .join(Conversation, Conversation.id == Reply.conversation_id)
        .where(Reply.created_at >= start, Reply.created_at < end, Reply.in_reply_to.is_not(None))
        .where(Reply.outcome.in_(JUDGED), Conversation.origin == origin)
    )
    async with database.write() as session:
        if (await session.execute(select(ReviewItem.seq).where(ReviewItem.day == day).limit(1))).first():
            return 0
        candidates = [Candidate(*row) for row in (await session.execute(query)).all()]
        drawn = stratified(candidates, size, day.isoformat())
        if drawn:
            rows = [{"day": day, "reply_id": one.reply, "stratum": one.stratum} for one in drawn]
            await session.execute(insert(ReviewItem), rows)
        return len(drawn)
