"""Which questions are offered at the start: what is pinned, then what was asked most and helped. On SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from channels.web.questions import FirstQuestions
from core.database import Database
from core.database.models import EntryRow, InsightFigure, StartQuestion
from core.dates import local_day
from core.settings import Settings
from core.turns import Origin

PINNED = "Où se marier ?|en: Where can I marry?"


async def fill(database: Database, settings: Settings, *shown: tuple[str, int, int, int, str]) -> None:
    """Writes pages, and that each was ``shown``: (title, times, of them not useful, days ago, origin)."""
    today = local_day(datetime.now(settings.opening.zone), settings.opening.zone)
    async with database.write() as session:
        for number, (title, times, refused, ago, origin) in enumerate(shown):
            status = "withdrawn" if title == "Retirée" else "published"
            session.add(
                EntryRow(
                    collection="c", id=f"F{number}", locale="fr", title=title, version=1, digest="d", status=status,
                    content={"theme": ["Famille" if number % 2 else "Logement"]},
                )
            )  # fmt: skip
            session.add(
                InsightFigure(
                    origin=origin, kind="subjects", day=today - timedelta(days=ago), channel="web", theme="", key=f"F{number}",
                    count=times, total=refused,
                )
            )  # fmt: skip


@pytest.fixture
def questions(database: Database, settings: Settings) -> FirstQuestions:
    return FirstQuestions(database, settings)


async def test_questions_are_the_pages_that_were_shown_most_and_helped(
    questions: FirstQuestions, database: Database, settings: Settings
) -> None:
    citizen = Origin.CITIZEN.value
    await fill(
        database, settings,
        ("Souvent", 40, 4, 3, citizen), ("Le plus", 90, 0, 27, citizen), ("Dix", 10, 1, 1, citizen),
        ("Neuf", 9, 0, 1, citizen), ("Mal", 80, 9, 1, citizen), ("Il y a longtemps", 70, 0, 29, citizen),
        ("Retirée", 60, 0, 1, citizen), ("Essais", 50, 0, 1, Origin.BENCH.value),
    )  # fmt: skip
    assert [question.text for question in await questions("fr")] == ["Le plus", "Souvent", "Dix"]
    assert await questions("en") == []  # the pages are in French


async def test_questions_that_are_pinned_come_first(database: Database, settings: Settings) -> None:
    await fill(database, settings, ("Souvent", 40, 0, 3, Origin.CITIZEN.value))
    changed = settings.model_copy(update={"first_questions": PINNED})
    assert [one.text for one in await FirstQuestions(database, changed)("fr")] == ["Où se marier ?", "Souvent"]
    assert [(one.text, one.lang) for one in await FirstQuestions(database, changed)("en")] == [("Where can I marry?", "en")]
    alone = changed.model_copy(update={"asked_most": False})
    assert [one.text for one in await FirstQuestions(database, alone)("fr")] == ["Où se marier ?"]


async def test_questions_before_anybody_asked_are_the_widest_themes(
    questions: FirstQuestions, database: Database, settings: Settings
) -> None:
    citizen = Origin.CITIZEN.value
    await fill(database, settings, ("Un", 1, 0, 1, citizen), ("Deux", 2, 0, 1, citizen), ("Trois", 3, 0, 1, citizen))
    assert [question.text for question in await questions("fr")] == ["Logement", "Famille"]


async def test_questions_of_an_empty_knowledge_base_are_none(questions: FirstQuestions) -> None:
    assert await questions("fr") == []


async def everyday(database: Database, *pages: str) -> None:
    async with database.write() as session:
        for page in pages:
            session.add(
                EntryRow(
                    collection="c", id=page, locale="fr", title=page, version=1, digest="d", status="published",
                    content={"theme": ["Papiers"]},
                )
            )  # fmt: skip


async def test_questions_of_a_fresh_installation_are_everyday_ones_with_a_published_page(
    questions: FirstQuestions, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = local_day(datetime.now(questions._settings.opening.zone), questions._settings.opening.zone).month
    known = (
        {"page": "F1", "fr": "Toujours ?", "en": "Always?"},
        {"page": "F2", "fr": "En saison ?", "months": [month]},
        {"page": "F3", "fr": "Hors saison ?", "months": [month % 12 + 1]},
        {"page": "F9", "fr": "Sans page ?"},
    )
    monkeypatch.setattr("channels.web.questions.everyday_questions", lambda: known)
    await everyday(database, "F1", "F2", "F3")
    assert [one.text for one in await questions("fr")] == ["En saison ?", "Toujours ?"]
    assert [(one.text, one.lang) for one in await questions("en")] == [("Always?", "en")]


async def test_questions_that_are_hidden_are_left_out_and_the_same_words_stand_once(
    database: Database, settings: Settings
) -> None:
    await everyday(database, "F14929", "F1427", "F1367")
    changed = settings.model_copy(update={"first_questions": "Comment s'inscrire sur les listes electorales ?"})
    async with database.write() as session:
        for text, language, hidden in (
            ("Comment faire un passeport ?", "fr", True),
            ("Où est la piscine ?", "fr", False),
            ("How do I register to vote?", "en", True),
        ):
            session.add(StartQuestion(id=text, text=text, language=language, hidden=hidden, author="a"))
    assert [one.text for one in await FirstQuestions(database, changed)("fr")] == [
        "Où est la piscine ?", "Comment s'inscrire sur les listes electorales ?", "Comment demander un acte de naissance ?",
    ]  # fmt: skip
    english = [one.text for one in await FirstQuestions(database, changed)("en")]
    assert english == ["How do I get a passport?", "How do I get a birth certificate?"]
