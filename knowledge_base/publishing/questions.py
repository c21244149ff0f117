"""The questions to replay: golden questions, and citizens' real questions of the last month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Message
from core.turns import Origin, Outcome
from knowledge_base.publishing.contracts import ReplayQuestion
from knowledge_base.quality.demand.signals import ENQUIRIES, LEAST_CHARACTERS
from knowledge_base.quality.golden.store import golden

_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SelectedQuestions:
    """The questions: golden ones, then real ones, the most frequent first. ``left_out`` counts the real ones left out."""

    selected: tuple[ReplayQuestion, ...]
    left_out: int = 0


async def questions(database: Database, *, most: int, outcomes: Sequence[Outcome] = ENQUIRIES) -> SelectedQuestions:
    """Returns all active golden questions, and at most ``most`` real ones of the last month: citizens' own words, masked, no
    tests.

    ``outcomes``: the outcomes of the real ones.
    """
    known = [
        ReplayQuestion(
            question=one.question,
            locale=one.locale,
            collection=one.collection,
            golden=one.name,
            gold=one.gold,
            heading=one.heading,
            situation=one.situation,
            channel=one.channel,
        )
        for one in await golden(database)
    ]
    citizens = func.count(func.distinct(Message.conversation_id))
    last = func.max(Message.seq)
    folded = func.lower(Message.text)
    query = (
        select(func.max(Message.text), func.max(Conversation.language), citizens, func.count().over())  # the total, in each row
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.origin == Origin.CITIZEN,
            Message.received_at >= now() - _MONTH,
            Message.outcome.in_(outcomes),
            Message.payload.is_(None),
            Message.text.is_not(None),
            func.length(Message.text) >= LEAST_CHARACTERS,
        )
        .group_by(folded)
        .order_by(citizens.desc(), last.desc())
        .limit(max(1, most))  # at least one, because the row has the total
    )
    async with database.read() as session:
        rows = (await session.execute(query)).all()
    real = [ReplayQuestion(question=text, locale=language, citizens=number) for text, language, number, _ in rows[:most]]
    return SelectedQuestions((*known, *real), left_out=rows[0][3] - len(real) if rows else 0)
