"""First answers that were not accepted, from the record to the pages and the open data. On SQLite and PostgreSQL."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from sqlalchemy import delete, select

from analytics.desk.insights import part
from analytics.insights.acceptance import first_answers, first_answers_by_theme, first_answers_by_week
from analytics.insights.figures import Kind, Reaction
from analytics.insights.job import CountingRules, refresh
from analytics.insights.queries import Scope
from analytics.open_data.cells import Cell
from analytics.open_data.release import Releases
from channels.gateway.app import create_app
from channels.gateway.composition import build
from conversations.wording import Wording
from core.database import Database
from core.database.models import Conversation, EntryRow, InsightFigure, Message, Reply
from core.identity import Role
from core.settings import ROOT, Settings
from core.turns import Origin, Outcome
from tests.desk_support import make_staff, sign_in
from tests.integration.channels_support import settings_for

MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC)
DAY = MONDAY.date()
SCOPE = Scope(DAY, DAY)


class Said(NamedTuple):
    """One message and its reply; ``text``: what the reply says."""

    message: str
    outcome: str
    entry: str = ""
    payload: str | None = None
    card: str = ""
    text: str = ""


NO = Wording.load(ROOT / "domain.yml").text("utter_deny")
ASKED = Said("comment renouveler mon passeport", Outcome.ANSWERED, "F1")
HOUSED = Said("loyer impayé", Outcome.CHOICES, card="F2")
REFUSED = Said("Aucune de ces réponses", Outcome.CHOICES, payload="/none_of_these")
REFUSED_IN_WORDS = Said("que nenni", Outcome.SMALL_TALK, text=NO)
REWORDED = Said("je veux refaire mon passeport, comment le renouveler", Outcome.ANSWERED, "F1")
HUMAN = Said("un agent svp", Outcome.HANDOFF_OFFLINE)
THANKS = Said("merci", Outcome.SMALL_TALK, text="Avec plaisir.")
_numbers = count(1)


async def write(
    database: Database, *dialogue: Said, times: int = 1, origin: str = Origin.CITIZEN, at: datetime = MONDAY
) -> None:
    """Write ``dialogue`` as ``times`` conversations, a message a minute."""
    async with database.write() as session:
        for _ in range(times):
            conversation = f"c{next(_numbers)}"
            session.add(Conversation(id=conversation, channel="web", origin=origin, language="fr"))
            await session.flush()
            for minute, said in enumerate(dialogue):
                message = f"m{next(_numbers)}"
                session.add(
                    Message(
                        id=message,
                        conversation_id=conversation,
                        external_id=message,
                        dedup=message,
                        text=said.message,
                        payload=said.payload,
                        outcome=said.outcome,
                        received_at=at + timedelta(minutes=minute),
                    )
                )
                await session.flush()
                cards = [{"label": "Fiche", "payload": "x", "entry": said.card, "extract": "Deux mois."}] if said.card else []
                blocks = [{"type": "text", "text": said.text}, {"type": "choices", "text": "", "options": cards}]
                session.add(
                    Reply(
                        id=f"r{message}",
                        conversation_id=conversation,
                        in_reply_to=message,
                        outcome=said.outcome,
                        entry=said.entry,
                        blocks=blocks,
                        created_at=at + timedelta(minutes=minute, seconds=1),
                    )
                )


async def write_entries(database: Database) -> None:
    async with database.write() as session:
        for entry, theme in (("F1", "Papiers"), ("F2", "Logement")):
            content = {"theme": [theme]}
            row = EntryRow(collection="sp", id=entry, locale="fr", title=entry, version=1, digest="x", content=content)
            session.add(row)


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path)


@pytest.fixture
async def counted(database: Database, settings: Settings) -> Database:
    """A Monday of twenty-seven first answers, thirteen of them not accepted; and of what is nobody's."""
    await write_entries(database)
    await write(database, ASKED, THANKS, times=10)
    await write(database, ASKED, REFUSED, times=3)
    await write(database, ASKED, REFUSED_IN_WORDS, times=2)
    await write(database, ASKED, REWORDED, times=4)
    await write(database, ASKED, THANKS, HUMAN)
    await write(database, HOUSED, times=4)
    await write(database, HOUSED, HUMAN, times=3)
    await write(database, Said("bonjour", Outcome.SMALL_TALK), HUMAN, times=5)  # no page: no first answer
    for origin in Origin:
        if origin != Origin.CITIZEN:
            await write(database, ASKED, REFUSED, times=7, origin=origin)
    await refresh(database, CountingRules.of(settings), moment=MONDAY + timedelta(days=9))
    return database


async def test_first_answers_are_counted_by_theme_and_reaction_citizens_only(counted: Database) -> None:
    whole = await first_answers(counted, SCOPE)
    assert whole.counts == {Reaction.ACCEPTED: 14, Reaction.REFUSED: 5, Reaction.REWORDED: 4, Reaction.HUMAN: 4}
    assert whole.not_accepted == pytest.approx(13 / 27)
    by_theme = dict(await first_answers_by_theme(counted, SCOPE))
    assert list(by_theme) == ["Papiers", "Logement"]
    assert by_theme["Papiers"].not_accepted == pytest.approx(10 / 20)
    assert by_theme["Papiers"].by(Reaction.REFUSED) == pytest.approx(5 / 20)
    assert (by_theme["Logement"].count, by_theme["Logement"].not_accepted) == (None, None)  # seven of them
    assert (await first_answers(counted, Scope(DAY, DAY, channel="sms"))).not_accepted is None


async def test_first_answers_keep_counts_only(counted: Database) -> None:
    async with counted.read() as session:
        rows = await session.execute(select(InsightFigure).where(InsightFigure.kind == Kind.FIRST_ANSWERS))
        kept = {(row.theme, row.key, row.total) for row in rows.scalars()}
    assert {theme for theme, _, _ in kept} == {"Papiers", "Logement"}
    assert {key for _, key, _ in kept} == set(Reaction)
    assert {total for *_, total in kept} == {0}


async def test_a_day_counted_before_there_was_the_figure_shows_a_dash(counted: Database, settings: Settings) -> None:
    deps = build(settings)
    app = create_app(settings, deps, [part(settings, deps.database, deps.renderers["web"])])
    headers = await sign_in(counted, settings, await make_staff(counted, Role.SUPERVISOR))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url) as desk:

        async def page(name: str, language: str) -> str:
            address = f"/desk/insights{name}?first={DAY}&last={DAY}&lang={language}"
            return re.sub(r"\s+", " ", (await desk.get(address, headers=headers)).text)

        overview, subjects = await page("", "fr"), await page("/subjects", "en")
        assert "<dt>Premières réponses non acceptées</dt><dd>48,1 %</dd>" in overview
        assert '<td class="number">48,1 %</td></tr>' in overview  # the week's
        assert "moins de 10 premières réponses" in overview
        papers = "".join(f'<td class="number">{value}</td>' for value in ("20", "50.0%", "25.0%", "20.0%", "5.0%"))
        assert f'<tr><th scope="row">Papiers</th>{papers}</tr>' in subjects
        small = "".join(f'<td class="number">{value}</td>' for value in ("fewer than 10", "–", "–", "–", "–"))
        assert f'<tr><th scope="row">Logement</th>{small}</tr>' in subjects
        dashes = '<td class="number">–</td>' * 5
        async with counted.write() as session:
            await session.execute(delete(InsightFigure).where(InsightFigure.kind == Kind.FIRST_ANSWERS))
        assert '<dt>Premières réponses non acceptées</dt><dd class="none">–</dd>' in await page("", "fr")
        assert f'<tr><th scope="row">All</th>{dashes}</tr> </tbody>' in await page("/subjects", "en")
    await deps.close()


async def test_weeks_and_months_are_of_days_that_have_the_figure(counted: Database, settings: Settings) -> None:
    weeks = await first_answers_by_week(counted, Scope(date(2026, 11, 2), DAY))
    assert weeks[DAY].not_accepted == pytest.approx(13 / 27)
    assert weeks[date(2026, 11, 9)].not_accepted is None
    await write(counted, ASKED, REFUSED, times=30, at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    await write(counted, ASKED, times=40, at=datetime(2026, 12, 31, 9, tzinfo=UTC))
    await refresh(counted, CountingRules.of(settings), moment=datetime(2027, 1, 9, tzinfo=UTC))
    # November had the figure from its sixteenth day on only: it is not published.
    found = {one.first: one.figures for one in await Releases(counted, settings)._months()}
    assert list(found) == [date(2026, 12, 1)]
    december = found[date(2026, 12, 1)]
    assert december[Cell("first_answers")] == 70
    assert december[Cell("first_answers", reception="not_accepted")] == 30
    assert december[Cell("first_answers", theme="Logement")] is None
    async with counted.write() as session:
        early = InsightFigure.kind == Kind.FIRST_ANSWERS, InsightFigure.day < date(2026, 12, 2)
        await session.execute(delete(InsightFigure).where(*early))
    months = await Releases(counted, settings)._months()
    assert not [cell for cell in months[0].figures if cell.measure == "first_answers"]
