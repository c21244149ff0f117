"""Questions offered at the start: those pinned by the administration, then those asked most and answered well."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import func, select

from core.database import Database
from core.database.models import EntryRow, InsightFigure
from core.dates import local_day
from core.settings import Settings
from core.turns import Origin

MOST = 5
_DAYS = 28  # of figures: questions change with the season
_MIN_TURNS = 10  # turns with a page: with fewer, one citizen's question could be recognised (analytics.insights.figures.K)
_REFUSED_SHARE = 0.1  # of these turns that were judged not useful, at most
_CACHE_SECONDS = 600.0


class Question(BaseModel):
    """``text`` is sent when it is pressed, ``lang`` is its language."""

    text: str
    lang: str


class FirstQuestions:
    """The questions to offer, by language. The record is read at most every ten minutes.

    If nothing is pinned and nothing was asked yet, the widest themes of the knowledge base are offered instead.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._lock = asyncio.Lock()
        self._cached: list[Question] = []
        self._until = 0.0

    async def __call__(self, language: str) -> list[Question]:
        """Returns at most ``MOST`` questions for a reader of ``language``; those from the record are in their pages'
        language.
        """
        pinned_questions = pinned(self._settings.first_questions, language, self._settings.default_language)
        if language != self._settings.default_language or len(pinned_questions) >= MOST:
            return pinned_questions[:MOST]
        async with self._lock:
            if time.monotonic() >= self._until:
                self._cached = await self._asked_most() if self._settings.asked_most else []
                self._cached = self._cached or ([] if pinned_questions else await self._themes())
                self._until = time.monotonic() + _CACHE_SECONDS
        pinned_texts = {question.text for question in pinned_questions}
        return [*pinned_questions, *(question for question in self._cached if question.text not in pinned_texts)][:MOST]

    async def _asked_most(self) -> list[Question]:
        count, refused = func.sum(InsightFigure.count), func.sum(InsightFigure.total)
        since = local_day(datetime.now(self._settings.opening.zone), self._settings.opening.zone) - timedelta(days=_DAYS)
        counts = (
            select(InsightFigure.key, count.label("count"))
            .where(InsightFigure.origin == Origin.CITIZEN, InsightFigure.kind == "subjects", InsightFigure.day >= since)
            .group_by(InsightFigure.key)
            .having(count >= _MIN_TURNS, refused <= _REFUSED_SHARE * count)
            .subquery()
        )
        titles = (
            select(EntryRow.title, EntryRow.locale)
            .join(counts, counts.c.key == EntryRow.id)
            .where(EntryRow.status == "published")
            .order_by(counts.c.count.desc(), EntryRow.id)
            .limit(MOST)
        )
        async with self._database.read() as session:
            return [Question(text=title, lang=locale) for title, locale in await session.execute(titles)]

    async def _themes(self) -> list[Question]:
        theme = EntryRow.content["theme"][0].as_string()
        most = (
            select(theme, EntryRow.locale)
            .where(EntryRow.status == "published", theme.is_not(None))
            .group_by(theme, EntryRow.locale)
            .order_by(func.count().desc(), theme)
            .limit(MOST)
        )
        async with self._database.read() as session:
            return [Question(text=text, lang=locale) for text, locale in await session.execute(most) if text]


def pinned(setting: str, language: str, default: str) -> list[Question]:
    """Returns the setting's questions for ``language``: "en: How …?" names one, others are in ``default``."""
    questions = []
    for part in filter(None, (part.strip() for part in setting.split("|"))):
        code, colon, rest = part.partition(": ")
        has_language = bool(colon) and len(code) == 2 and code.islower()
        question_language, text = (code, rest.strip()) if has_language else (default, part)
        if question_language == language:
            questions.append(Question(text=text, lang=question_language))
    return questions
