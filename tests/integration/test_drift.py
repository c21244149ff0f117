"""The nightly look: golden questions asked as citizens ask, citizens' day counted, and one task for editors."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from core.database import Database
from core.database.base import now
from core.database.jobs import Jobs
from core.database.models import Conversation, EditorTask, EntryRow, Message, QualityNight, Reply
from core.reply_explanation import Candidate, ReplyDecision, ReplyExplanation, Understood
from core.settings import Settings
from core.turns import Outcome
from knowledge_base.quality.drift import job
from knowledge_base.quality.drift.job import watch_quality
from knowledge_base.quality.golden import store as golden
from knowledge_base.quality.golden.contracts import Golden
from supervision.review.tasks import open_tasks
from tests.integration.channels_support import served, settings_for

_QUESTIONS = [f"question numéro {number}" for number in range(12)]


class Dialogue:
    """An action server that answers from page F1; ``lost``: question → another outcome, although the search finds the page."""

    def __init__(self) -> None:
        self.lost: dict[str, Outcome] = {}
        self.asked = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/explain/reply")
        async def reply(body: dict[str, str | None]) -> ReplyExplanation:
            self.asked += 1
            outcome = self.lost.get(str(body["message"]), Outcome.ANSWERED)
            decision = ReplyDecision(outcome=outcome, entry="F1" if outcome == Outcome.ANSWERED else "")
            return ReplyExplanation(
                snapshot="s7",
                understood=Understood(query="", searched="", language="fr", scope="enquiry"),
                confidence=0.9,
                candidates=(Candidate(place=1, entry_id="F1", collection="c", title="Page", score=1.0),),
                thresholds=(),
                decisions={"web": decision},
            )

        return app


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, redis_url, tmp_path)


async def _knowledge(database: Database) -> None:
    async with database.write() as session:
        row = {"collection": "c", "id": "F1", "locale": "fr", "title": "Page", "version": 1, "digest": "d", "content": {}}
        session.add(EntryRow(**row))
    for question in _QUESTIONS:
        await golden.add(database, Golden(question=question, gold=("F1",)))
    await golden.add(database, Golden(question="quel temps fait-il"))


async def test_a_night_is_kept_and_a_fall_is_one_task(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _knowledge(database)
    dialogue, noon = Dialogue(), datetime.combine(now().date(), time(12), settings.opening.zone)
    dialogue.lost = {"quel temps fait-il": Outcome.SMALL_TALK}  # nothing is the right answer to this one
    yesterday = noon - timedelta(days=1)
    async with database.write() as session:
        for number, (origin, outcome) in enumerate([("citizen", "answered"), ("citizen", "no_answer"), ("bench", "answered")]):
            name = f"c{number}"
            session.add(Conversation(id=name, channel="web", origin=origin, language="fr"))
            await session.flush()
            session.add(Message(id=name, conversation_id=name, external_id=name, dedup=name, outcome=outcome))
            await session.flush()
            told = {"outcome": outcome, "blocks": [], "confidence": 0.5, "created_at": yesterday}
            session.add(Reply(id=name, conversation_id=name, in_reply_to=name, **told))
    async with served(dialogue.app(), settings.actions_port):
        for days in (4, 3, 2, 1):  # four nights, the last of which is about yesterday
            monkeypatch.setattr(job, "now", lambda days=days: noon - timedelta(days=days - 1))
            if days == 1:
                lost = [Outcome.NO_ANSWER, Outcome.CRISIS, Outcome.OUT_OF_SCOPE] * 2
                dialogue.lost |= dict(zip(_QUESTIONS, lost, strict=False)) | {_QUESTIONS[7]: Outcome.CHOICES}
            assert await watch_quality(database, settings, Jobs(database, "node"))
            asked = dialogue.asked
            assert not await watch_quality(database, settings, Jobs(database, "another node"))
            assert dialogue.asked == asked
        (task,) = await open_tasks(database)
        assert (task.kind, task.question, task.asked_by) == ("drift", "", "quality")
        assert "6 questions de référence sur 13" in task.note
        assert "6 golden questions of 13" in task.note
        monkeypatch.setattr(job, "now", lambda: noon + timedelta(days=1))
        assert await watch_quality(database, settings, Jobs(database, "node"))
    async with database.read() as session:
        nights = (await session.scalars(select(QualityNight).order_by(QualityNight.day))).all()
        tasks = (await session.scalars(select(EditorTask))).all()
    assert len(tasks) == 1  # the one that is open says it already
    assert [(sum(night.golden.values()), night.snapshot) for night in nights] == [(13, "s7")] * 3 + [(7, "s7")] * 2
    assert nights[3].outcomes == {"answered": 1, "no_answer": 1}
    assert (nights[3].searched, nights[3].confidence) == (2, 1.0)
