"""After a publication that changes a fact: the answers that had stated the old one, without a word of the citizens."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from channels.gateway.app import create_app
from channels.gateway.composition import build
from core.database import Database
from core.database.base import now
from core.database.models import Conversation, Message, Reply
from core.identity import Role
from knowledge_base.desk import publishing
from knowledge_base.publishing.contracts import State
from knowledge_base.publishing.publications import request
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.store import add
from supervision.desk import tasks
from supervision.review.tasks import open_tasks
from tests.desk_support import make_staff, sign_in
from tests.integration.publishing_support import carried_out, dearer, knowledge, publisher, revise, settings_for

_OLD = "Le renouvellement coûte 25 € (au 01/02/2020) en timbres fiscaux."
_SECRET = "je m'appelle Zoé et j'ai perdu ma carte"


def _card(body: str, entry: str = "F1") -> dict[str, Any]:
    return {"type": "answer", "entry": entry, "entry_version": 1, "body": body}


async def _replied(database: Database, name: str, block: dict[str, Any], *, origin: str = "citizen", days: int = 1) -> None:
    async with database.write() as session:
        session.add(Conversation(id=name, channel="sms", origin=origin, language="fr"))
        await session.flush()
        session.add(Message(id=name, conversation_id=name, external_id=name, dedup=name, text=_SECRET, outcome="answered"))
        await session.flush()
        at = now() - timedelta(days=days)
        session.add(Reply(id=name, conversation_id=name, in_reply_to=name, outcome="answered", blocks=[block], created_at=at))


@pytest.fixture
async def answered(database: Database, tmp_path: Path) -> None:
    await knowledge(database, tmp_path)
    mini = {"type": "choices", "options": [{"label": "Carte", "payload": "x", "entry": "F1", "extract": f"Coût : {_OLD}"}]}
    await _replied(database, "card", _card(f"**Coût** :\n\n{_OLD}"))
    await _replied(database, "mini", mini)
    await _replied(database, "other-part", _card("La carte se demande en mairie."))
    await _replied(database, "other-page", _card(_OLD, "F2"))
    await _replied(database, "test", _card(_OLD), origin="bench")
    await _replied(database, "long-ago", _card(_OLD), days=40)
    await add(database, Golden(question="combien coûte la carte d'identité", gold=("F1",), author="x"))
    await add(database, Golden(question="combien coûte le passeport", gold=("F2",), author="x"))


@pytest.mark.usefixtures("answered")
async def test_the_answers_that_stated_the_old_amount_are_listed_without_the_citizens_words(
    database: Database, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    node = publisher(database, tmp_path, database_url)
    name = await request(database, [await revise(database, dearer())], author="a", go_at_once=True)
    assert (await carried_out(node, database, name)).state == State.ACTIVE
    (task,) = await open_tasks(database)
    assert (task.kind, task.entry) == ("fact", "F1")
    assert "1 montant(s), délai(s) ou condition(s), que 2 réponse(s)" in task.note_in("fr")
    settings = settings_for(tmp_path, database_url).model_copy(update={"redis_url": redis_url})
    deps = build(settings)
    headers = await sign_in(deps.database, settings, await make_staff(deps.database, Role.EDITOR))
    app = create_app(settings, deps, [publishing.part(settings, deps.database), tasks.part(deps.database)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(base_url=settings.base_url, transport=transport, headers=headers) as browser:
        assert f'href="/desk/publications/{name}/facts"' in (await browser.get("/desk/tasks?lang=fr")).text
        page = (
            (await browser.get(f"/desk/publications/{name}/facts?lang=fr")).text.replace("\u00a0", " ").replace("\u202f", " ")
        )
    await deps.database.close()
    assert "<del>Le renouvellement coûte 25 € en timbres fiscaux.</del>" in page
    assert "<ins>Le renouvellement coûte 30 € en timbres fiscaux.</ins>" in page
    assert "Réponses qui avaient donné l’ancien : 2" in page
    assert [one for one in ("card", "mini", "other-part", "other-page", "test", "long-ago") if f'row">{one[:8]}<' in page] == [
        "card",
        "mini",
    ]
    assert "combien coûte la carte" in page
    assert "passeport" not in page
    assert _SECRET not in page


@pytest.mark.usefixtures("answered")
async def test_a_publication_that_changes_no_fact_makes_no_task(database: Database, database_url: str, tmp_path: Path) -> None:
    node = publisher(database, tmp_path, database_url)
    other = dearer(25).model_copy(update={"description": "Une carte."})
    name = await request(database, [await revise(database, other)], author="a", go_at_once=True)
    assert (await carried_out(node, database, name)).state == State.ACTIVE
    assert await open_tasks(database) == []
