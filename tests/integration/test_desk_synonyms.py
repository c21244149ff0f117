"""The desk's pages and API on synonyms, with the action server's application behind them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from channels.gateway.app import create_app
from channels.gateway.composition import build
from core.identity import Role
from knowledge_base.desk import synonyms
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.synonyms import store
from knowledge_base.synonyms.contracts import StoredGroup
from retrieval.query.synonyms import Group
from tests.integration.searching_desk import Desk, desk_of

FORM = {"terms": "gloriette", "means": "congé parental", "kind": "everyday", "seen": "0"}
NEW = "/desk/synonyms/new"


async def only(desk: Desk) -> StoredGroup:
    """The only group that is kept."""
    (kept,) = await store.stored_groups(desk.database)
    return kept


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    one = await desk_of(synonyms, tmp_path, redis_url, monkeypatch)
    yield one
    await one.database.close()


def plain(answer: httpx.Response) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


async def test_an_editor_tries_and_proposes_and_a_publisher_puts_in_use(desk: Desk) -> None:
    editor, publisher = await desk.browser(Role.EDITOR), await desk.browser(Role.PUBLISHER)
    tried = await editor.post(NEW, data=FORM | {"action": "try", "questions": "ma gloriette"})
    assert tried.status_code == 200
    said = plain(tried)
    assert "Ce que recevraient les citoyens" in said
    assert "Avec ce synonyme" in said
    assert "Congé parental d&#39;un salarié" in said
    assert await store.stored_groups(desk.database) == []  # nothing is kept by trying

    assert (await editor.post(NEW, data=FORM | {"action": "use"})).status_code == 403
    proposed = await editor.post(NEW, data=FORM | {"action": "keep"})
    assert proposed.headers["location"] == "/desk/synonyms?done=did_keep"
    kept = await only(desk)
    assert kept.state == "proposed"
    assert "Mettre la proposition en service" not in (await editor.get(f"/desk/synonyms/{kept.id}")).text
    assert "Mettre la proposition en service" in (await publisher.get(f"/desk/synonyms/{kept.id}")).text
    accepted = await publisher.post(f"/desk/synonyms/{kept.id}", data={"action": "accept", "seen": "1"})
    assert accepted.status_code == 303
    assert await store.in_use(desk.database) == [Group(terms=("gloriette",), means=("congé parental",))]
    assert "gloriette" in (await editor.get("/desk/synonyms")).text


async def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    typed = {"terms": "gloriette\navec", "means": "", "note": "vu en mairie", "questions": "ma pause", "kind": "renamed"}
    answer = await editor.post(NEW, data=typed | {"both_ways": "true", "seen": "0", "action": "keep"})
    assert answer.status_code == 422
    for kept in ("gloriette\navec</textarea>", 'value="vu en mairie"', "ma pause</textarea>", 'value="renamed" selected'):
        assert kept in answer.text
    for field in ("terms", "means"):
        assert f'aria-describedby="{field}-wrong {field}-hint"' in answer.text
        assert f'id="{field}-wrong"' in answer.text
    assert "presque toutes les questions" in answer.text
    assert await store.stored_groups(desk.database, gone=True) == []


async def test_two_editors_at_once_and_a_word_that_is_taken(desk: Desk) -> None:
    publisher, editor = await desk.browser(Role.PUBLISHER), await desk.browser(Role.EDITOR)
    await publisher.post(NEW, data=FORM | {"action": "use"})
    kept = await only(desk)
    page = f"/desk/synonyms/{kept.id}"
    await publisher.post(page, data=FORM | {"note": "à jour", "seen": "1", "action": "use"})
    mine = FORM | {"means": "congé de paternité", "seen": "1", "action": "keep"}
    stale = await editor.post(page, data=mine)
    assert stale.status_code == 409
    assert "Publisher a changé ce synonyme entre-temps" in plain(stale)
    assert "congé de paternité</textarea>" in stale.text
    assert 'name="seen" value="2"' in stale.text
    assert (await editor.post(page, data=mine | {"seen": "2"})).status_code == 303
    for action in ("try", "keep"):
        taken = await editor.post(NEW, data=FORM | {"terms": "Gloriettes", "action": action})
        assert taken.status_code == 409
        assert f'href="{page}"' in taken.text


async def test_words_of_other_lists_are_pointed_out_and_found(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "synonyms.yml").write_text("- {terms: [zorglub], means: [passeport], note: à vérifier}\n")
    editor = await desk.browser(Role.EDITOR)
    said = plain(await editor.post(NEW, data=FORM | {"terms": "CNI, zorglub", "means": "krzqx", "action": "try"}))
    assert "Guichet connaît déjà « CNI »" in said.replace("\xa0", " ").replace("\u202f", " ")
    assert "Le fichier de l’exploitant contient déjà" in said
    assert "Aucune fiche ne contient" in said
    searched = plain(await editor.get("/desk/synonyms", params={"q": "carte grise"}))
    assert "carte grise = certificat" in searched
    assert "zorglub → passeport" in plain(await editor.get("/desk/synonyms"))
    (tmp_path / "synonyms.yml").write_text("- {terms: zorglub")
    assert "Prévenez l’exploitant" in plain(await editor.get("/desk/synonyms"))


async def test_what_is_taken_out_is_tried_first_and_can_be_put_back(desk: Desk) -> None:
    publisher = await desk.browser(Role.PUBLISHER)
    await publisher.post(NEW, data=FORM | {"action": "use"})
    kept = await only(desk)
    page = f"/desk/synonyms/{kept.id}"
    assert "Sans ce synonyme" in (await publisher.post(page, data={"action": "try_removal", "seen": "1"})).text
    gone = await publisher.post(page, data={"action": "remove", "seen": "1"})
    assert gone.headers["location"].endswith("did_remove")
    assert await store.in_use(desk.database) == []
    assert "Synonymes retirés (1)" in plain(await publisher.get("/desk/synonyms"))
    assert "gloriette</textarea>" in (await publisher.get(page)).text
    await publisher.post(page, data=FORM | {"seen": "2", "action": "use"})
    assert len(await store.in_use(desk.database)) == 1


async def test_a_silent_engine_keeps_what_was_typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge_base.desk.synonyms.EngineClient", EngineClient)  # nothing listens there
    app = create_app(desk.settings, build(desk.settings), [synonyms.part(desk.settings, desk.database)])
    editor = await Desk(desk.settings, desk.database, app).browser(Role.EDITOR)
    answer = await editor.post(NEW, data=FORM | {"action": "try"})
    assert answer.status_code == 200
    assert "Le moteur de recherche ne répond pas" in answer.text
    assert "gloriette</textarea>" in answer.text


async def test_with_two_persons_nobody_puts_their_own_in_use(
    tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await desk_of(synonyms, tmp_path, redis_url, monkeypatch, desk_two_persons=True)
    publisher, other = await desk.browser(Role.PUBLISHER), await desk.browser(Role.ADMINISTRATOR)
    assert 'value="use"' not in (await publisher.get(NEW)).text
    assert (await publisher.post(NEW, data=FORM | {"action": "use"})).status_code == 409
    await publisher.post(NEW, data=FORM | {"action": "keep"})
    kept = await only(desk)
    accept = {"action": "accept", "seen": "1"}
    assert (await publisher.post(f"/desk/synonyms/{kept.id}", data=accept)).status_code == 409
    assert (await other.post(f"/desk/synonyms/{kept.id}", data=accept)).status_code == 303
    await desk.database.close()


async def test_the_same_by_the_interface_for_programs(desk: Desk) -> None:
    editor, publisher = await desk.browser(Role.EDITOR), await desk.browser(Role.PUBLISHER)
    group = {"terms": ["gloriette"], "means": ["congé parental"]}
    tried = (await editor.post("/api/desk/synonyms/try", json={"group": group, "questions": ["gloriette ?"]})).json()
    assert tried["typed"][0]["after"]["pages"][0]["entry_id"] == "F3"
    assert (await editor.post("/api/desk/synonyms", json={"group": group, "use": True})).status_code == 403
    created = await publisher.post("/api/desk/synonyms", json={"group": group, "use": True})
    assert (created.status_code, created.json()["state"]) == (201, "in_use")
    one = f"/api/desk/synonyms/{created.json()['id']}"
    changed = await editor.put(one, json={"group": group | {"note": "n"}, "seen": 1})
    assert (changed.json()["state"], changed.json()["proposed"]["note"]) == ("changing", "n")
    assert (await editor.put(one, json={"group": group, "seen": 1})).status_code == 409
    assert (await editor.put("/api/desk/synonyms/nothing", json={"group": group})).status_code == 404
    wrong = await editor.post("/api/desk/synonyms", json={"group": {"terms": ["avec"], "means": ["mairie"]}})
    assert (wrong.status_code, "presque toutes" in wrong.json()["detail"]) == (422, True)
    assert (await publisher.delete(one, params={"seen": 2, "use": True})).json()["state"] == "gone"
    assert (await editor.get("/api/desk/synonyms")).json() == []
