"""Topics that others handle: at the desk, in the database, in the file that action servers read, and in a citizen's reply."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from cli.commands.knowledge import settle_town
from cli.demonstration import COMMUNE, PHONE
from core.database.models import AuditRow
from core.identity import Role
from core.settings import Settings
from knowledge_base.desk import topics
from knowledge_base.topics import store
from knowledge_base.topics.demonstration import demonstration_topics
from knowledge_base.topics.store import StoredTopic
from knowledge_base.topics.topic_file import update_topics
from retrieval.decision.topics import TOPICS_FILE
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from tests.integration.searching_desk import Desk, desk_of
from tests.unit.retrieval.samples import WordEmbedder

FORM = {
    "name": "Bus scolaire",
    "examples": "le bus scolaire roule\ncarte du bus scolaire\nretard du bus scolaire",
    "body": "Région",
    "sentence": "La Région inscrit les élèves.",
    "phone": "01 99 00 45 81",
    "seen": "0",
}
NEW = "/desk/topics/new"


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    one = await desk_of(topics, tmp_path, redis_url, monkeypatch)
    yield one
    await one.database.close()


def plain(answer: httpx.Response) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


async def only(desk: Desk) -> StoredTopic:
    (kept,) = await store.stored_topics(desk.database, gone=True)
    return kept


async def test_an_editor_tries_and_proposes_and_a_publisher_puts_in_use(desk: Desk) -> None:
    editor, publisher = await desk.browser(Role.EDITOR), await desk.browser(Role.PUBLISHER)
    questions = "retard du bus scolaire\ncongé parental d'un salarié"
    tried = await editor.post(NEW, data=FORM | {"action": "try", "questions": questions})
    assert tried.status_code == 200
    said = plain(tried)
    assert "Ce que recevraient les citoyens" in said
    assert said.count("Adressé ailleurs") == 1  # of the two questions only the one about the topic
    assert await store.stored_topics(desk.database) == []  # nothing is kept by trying

    assert (await editor.post(NEW, data=FORM | {"action": "use"})).status_code == 403
    proposed = await editor.post(NEW, data=FORM | {"action": "keep"})
    assert proposed.headers["location"] == "/desk/topics?done=did_keep"
    kept = await only(desk)
    assert kept.state == "proposed"
    page = f"/desk/topics/{kept.id}"
    assert "Mettre la proposition en service" not in (await editor.get(page)).text
    assert "Mettre la proposition en service" in (await publisher.get(page)).text
    assert (await publisher.post(page, data={"action": "accept", "seen": "1"})).status_code == 303
    assert [one.name for one in await store.in_use(desk.database)] == ["Bus scolaire"]
    assert "Bus scolaire" in (await editor.get("/desk/topics")).text
    async with desk.database.read() as session:
        acts = await session.scalars(
            select(AuditRow.action).where(AuditRow.target == f"topic:{kept.id}").order_by(AuditRow.seq)
        )
        assert list(acts) == ["topic.proposed", "topic.used"]

    gone = await publisher.post(page, data={"action": "remove", "seen": "1"})
    assert gone.headers["location"] == "/desk/topics?done=did_remove"
    assert (await only(desk)).state == "gone"
    history = plain(await editor.get(page))
    assert "Historique" in history
    assert "01 99 00 45 81" in history


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    typed = {"examples": "bus\nappelez le 06 12 34 56 78", "body": "Région", "url": "transports", "action": "keep", "seen": "0"}
    answer = await editor.post(NEW, data=typed)
    assert answer.status_code == 422
    for field in ("name", "examples", "sentence", "url"):
        assert f'id="{field}-wrong"' in answer.text
    assert 'value="transports"' in answer.text
    assert "donnée personnelle" in answer.text
    assert await store.stored_topics(desk.database, gone=True) == []
    assert (await editor.post(NEW, data={"action": "accept", "seen": "0"})).status_code in (403, 422)


async def test_two_editors_at_once_and_a_topic_that_is_there(desk: Desk) -> None:
    publisher, editor = await desk.browser(Role.PUBLISHER), await desk.browser(Role.EDITOR)
    await publisher.post(NEW, data=FORM | {"action": "use"})
    kept = await only(desk)
    page = f"/desk/topics/{kept.id}"
    await publisher.post(page, data=FORM | {"hours": "le matin", "seen": "1", "action": "use"})
    stale = await editor.post(page, data=FORM | {"hours": "le soir", "seen": "1", "action": "keep"})
    assert stale.status_code == 409
    assert "Publisher a changé ce sujet entre-temps" in plain(stale)
    assert 'value="le soir"' in stale.text
    assert 'name="seen" value="2"' in stale.text
    taken = await editor.post(NEW, data=FORM | {"name": "BUS scolaire", "action": "keep"})
    assert taken.status_code == 409
    assert f'href="{page}"' in taken.text


async def test_a_node_embeds_the_topics_in_use_once_and_its_search_hands_on(desk: Desk) -> None:
    editor, publisher = await desk.browser(Role.EDITOR), await desk.browser(Role.PUBLISHER)
    file, model = desk.settings.home / TOPICS_FILE, WordEmbedder()
    engine = SearchService(snapshots_folder(desk.settings.home), model, check_seconds=0)
    await editor.post(NEW, data=FORM | {"action": "keep"})
    assert not await update_topics(desk.database, file, lambda: model)  # a proposal counts nowhere
    kept = await only(desk)
    await publisher.post(f"/desk/topics/{kept.id}", data={"action": "accept", "seen": "1"})
    assert await update_topics(desk.database, file, lambda: model)
    assert not await update_topics(desk.database, file, lambda: model)
    found = engine.search("retard du bus scolaire")
    assert found.topic is not None
    assert found.topic.body == "Région"
    assert engine.search("Congé parental d'un salarié").topic is None
    assert await update_topics(desk.database, file, lambda: WordEmbedder(revision="2"))  # vectors of weights never mix
    await publisher.post(f"/desk/topics/{kept.id}", data={"action": "remove", "seen": "1"})
    assert await update_topics(desk.database, file, lambda: model)
    assert not file.exists()


async def test_the_imaginary_town_has_five_topics_and_editors_changes_stay(desk: Desk) -> None:
    own = Settings.model_validate(desk.settings.model_dump() | {"contact_phone": "", "office_commune": ""})
    imaginary = own.model_copy(update={"contact_phone": PHONE, "office_commune": COMMUNE})
    await settle_town(desk.database, own)
    assert await store.in_use(desk.database) == []
    for _ in range(2):
        await settle_town(desk.database, imaginary)
        assert len(await store.in_use(desk.database)) == 5
    first, *_ = await store.stored_topics(desk.database)
    assert first.used is not None
    changed = first.used.model_copy(update={"phone": "01 02 03 04 05"})
    await store.propose(desk.database, changed, author="anne", name=first.id, seen=first.version, use=True)
    await settle_town(desk.database, imaginary)
    await settle_town(desk.database, own)
    assert [one.phone for one in await store.in_use(desk.database)] == ["01 02 03 04 05"]
    await settle_town(desk.database, imaginary)
    assert {one.name for one in await store.in_use(desk.database)} == {one.name for one in demonstration_topics()}
