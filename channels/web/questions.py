"""Questions offered at the start: pinned ones, those asked most and answered well, then everyday ones."""

import asyncio
import time
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Subquery, func, select

from core.database import Database
from core.database.base import now
from core.database.models import EntryRow, InsightFigure, StartQuestion
from core.dates import local_day
from core.settings import Settings
from core.text.folding import fold
from core.turns import Origin
from core.yaml_text import load

MOST = 5
_DAYS = 28  # of figures: questions change with the season
_MIN_TURNS = 10  # turns with a page: with fewer, one citizen's question could be recognised (analytics.insights.figures.K)
_REFUSED_SHARE = 0.1  # of these turns that were judged not useful, at most
_CACHE_SECONDS = 600.0
_EVERYDAY = Path(__file__).with_name("first_questions.yml")


class Question(BaseModel):
    """``text`` is sent when it is pressed, ``lang`` is its language."""

    text: str
    lang: str


class FirstQuestions:
    """The questions to offer, by language. The record is read at most every ten minutes.

    While pinned questions and those asked most are fewer than ``MOST``, everyday ones whose pages are published stand behind
    them, the season's first. A knowledge base without these pages offers its widest themes.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._lock = asyncio.Lock()
        self._asked: list[Question] = []
        self._themes: list[Question] = []
        self._everyday: list[dict[str, Any]] = []
        self._chosen: list[StartQuestion] = []
        self._until = 0.0

    async def __call__(self, language: str) -> list[Question]:
        """Returns at most ``MOST`` questions for a reader of ``language``, without those that editors hid."""
        settings = self._settings
        async with self._lock:
            if time.monotonic() >= self._until:
                await self._read()
                self._until = time.monotonic() + _CACHE_SECONDS
        own = [Question(text=one.text, lang=language) for one in self._chosen if one.language == language and not one.hidden]
        own += pinned(settings.first_questions, language, settings.default_language)
        is_default = language == settings.default_language
        everyday = [Question(text=one[language], lang=language) for one in self._everyday if language in one]
        found = [*own, *(self._asked if is_default else ()), *everyday]
        hidden = {fold(one.text) for one in self._chosen if one.hidden and one.language == language}
        offered: dict[str, Question] = {}
        for one in found or (self._themes if is_default else ()):
            if fold(one.text) not in hidden:
                offered.setdefault(fold(one.text), one)
        return list(offered.values())[:MOST]

    async def _read(self) -> None:
        self._asked = await self._asked_most() if self._settings.asked_most else []
        month = _today(self._settings).month
        offered = [one for one in everyday_questions() if month in one.get("months", (month,))]
        offered.sort(key=lambda one: "months" not in one)
        async with self._database.read() as session:
            self._chosen = list(await session.scalars(select(StartQuestion).order_by(StartQuestion.created_at)))
            named = select(EntryRow.id).where(EntryRow.id.in_([one["page"] for one in offered]), EntryRow.status == "published")
            published = set((await session.execute(named)).scalars())
        self._everyday = [one for one in offered if one["page"] in published]
        self._themes = [] if self._asked or self._everyday else await self._widest_themes()

    async def _asked_most(self) -> list[Question]:
        counts = recently_shown(self._settings, most_refused=_REFUSED_SHARE)
        titles = (
            select(EntryRow.title, EntryRow.locale)
            .join(counts, counts.c.key == EntryRow.id)
            .where(EntryRow.status == "published")
            .order_by(counts.c.count.desc(), EntryRow.id)
            .limit(2 * MOST)  # some may be hidden
        )
        async with self._database.read() as session:
            return [Question(text=title, lang=locale) for title, locale in await session.execute(titles)]

    async def _widest_themes(self) -> list[Question]:
        theme = EntryRow.content["theme"][0].as_string()
        most = (
            select(theme, EntryRow.locale)
            .where(EntryRow.status == "published", theme.is_not(None))
            .group_by(theme, EntryRow.locale)
            .order_by(func.count().desc(), theme)
            .limit(2 * MOST)
        )
        async with self._database.read() as session:
            return [Question(text=text, lang=locale) for text, locale in await session.execute(most) if text]


def recently_shown(settings: Settings, *, most_refused: float | None = None) -> Subquery:
    """Returns the ``key`` and ``count`` of the pages that were shown often in the last weeks.

    ``most_refused``: the share of these turns that may have been judged not useful; ``None``: any.
    """
    count = func.sum(InsightFigure.count)
    query = (
        select(InsightFigure.key, count.label("count"))
        .where(InsightFigure.origin == Origin.CITIZEN, InsightFigure.kind == "subjects")
        .where(InsightFigure.day >= _today(settings) - timedelta(days=_DAYS))
        .group_by(InsightFigure.key)
        .having(count >= _MIN_TURNS)
    )
    if most_refused is not None:
        query = query.having(func.sum(InsightFigure.total) <= most_refused * count)
    return query.subquery()


def _today(settings: Settings) -> date:
    return local_day(now(), settings.opening.zone)


@cache
def everyday_questions() -> tuple[dict[str, Any], ...]:
    """Returns the questions of ``first_questions.yml``: the page of each, its ``months``, if any, and its words by language."""
    return tuple(load(_EVERYDAY.read_text(encoding="utf-8")))


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
