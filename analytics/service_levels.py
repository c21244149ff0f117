"""Service levels, from the record: the objectives (docs/slo.md), what was reached, the error budget left."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from core.channels import TRAITS
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Message, Reply
from core.turns import Origin, Outcome

WINDOW_DAYS = 28
_LOST_AFTER = timedelta(minutes=1)
# No program answers these: a human has the conversation.
_BY_HUMANS = (Outcome.HUMAN,)


@dataclass(frozen=True, slots=True)
class Level:
    """One objective. ``good`` of ``total`` turns met it; ``objective`` is the required share."""

    name: str
    objective: float
    good: int
    total: int

    @property
    def reached(self) -> float | None:
        """Returns the share that met it; ``None`` without any turns."""
        return self.good / self.total if self.total else None

    @property
    def met(self) -> bool:
        return self.reached is None or self.reached >= self.objective

    @property
    def budget_left(self) -> float:
        """Returns the share of the allowed errors that is left; negative if there were more."""
        allowed = (1 - self.objective) * self.total
        wrong = self.total - self.good
        return 1 - wrong / allowed if allowed else float(wrong == 0)


async def service_levels(database: Database, *, days: int = WINDOW_DAYS, origin: str = Origin.CITIZEN) -> list[Level]:
    """Returns all objectives over the last ``days`` days of citizens' turns, or of those of another ``origin``."""
    since = now() - timedelta(days=days)
    async with database.read() as session:

        async def level(name: str, objective: float, good: ColumnElement[bool], *where: ColumnElement[bool]) -> Level:
            counted = (
                select(func.count(), func.count().filter(good))
                .select_from(Reply)
                .join(Conversation, Conversation.id == Reply.conversation_id)
                .where(
                    Reply.in_reply_to.is_not(None),
                    Reply.created_at > since,
                    Reply.outcome.not_in(_BY_HUMANS),
                    Conversation.origin == origin,
                    *where,
                )
            )
            total, met = (await session.execute(counted)).one()
            return Level(name, objective, met, total)

        levels = [
            await level("answered_by_engine", 0.995, Reply.outcome != Outcome.FALLBACK),
        ]
        for channel, traits in TRAITS.items():
            in_time = Reply.milliseconds <= 1000 * traits.promised_seconds
            name = f"{channel}_within_{traits.promised_seconds}_s"
            levels.append(await level(name, 0.95, in_time, Conversation.channel == channel))
        received, lost = (
            await session.execute(
                select(
                    func.count(),
                    func.count().filter(Message.outcome.is_(None), Message.received_at < now() - _LOST_AFTER),
                )
                .join(Conversation, Conversation.id == Message.conversation_id)
                .where(Message.received_at > since, Conversation.origin == origin)
            )
        ).one()
    return [*levels, Level("nothing_lost", 1.0, received - lost, received)]
