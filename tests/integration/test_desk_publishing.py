"""The desk's pages and API on publishing, with the action server's application behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from core.identity import Role
from core.problems import Problem
from knowledge_base.desk import publishing
from knowledge_base.desk.publishing import publications
from knowledge_base.desk.publishing.contracts import CitizenReply
from knowledge_base.desk.publishing.engine import EngineClient
from knowledge_base.publishing.publications import recent
from knowledge_base.quality.demand.clustering import cluster
from knowledge_base.quality.golden.store import golden
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from tests.integration.publishing_support import publisher, revise
from tests.integration.searching_desk import Desk, desk_of
from tests.integration.test_demand import NURSERY, Plain, say
from tests.unit.retrieval.samples import IDENTITY, WordEmbedder


@pytest.fixture
async def desk(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    one = await desk_of(publishing, tmp_path, redis_url, monkeypatch)
    yield one
    await one.database.close()


def fee_of(home: Path) -> str:
    """The entry as the active snapshot has it."""
    found = SearchService(snapshots_folder(home), WordEmbedder()).entry("F1")
    return found.model_dump_json() if found else ""


async def test_a_fee_goes_through_the_gate_and_back_in_the_browser(desk: Desk, tmp_path: Path) -> None:
    fee = IDENTITY.model_validate_json(IDENTITY.model_dump_json().replace("25 €", "30 €"))
    change = await revise(desk.database, fee)
    node = publisher(desk.database, tmp_path, desk.settings.sql_url)
    browser = await desk.browser(Role.PUBLISHER)
    assert f'value="test/F1@{change.version}"' in (await browser.get("/desk/publications")).text
    asked = await browser.post("/desk/publications", data={"entry": f"test/F1@{change.version}", "reason": "tarif"})
    assert asked.status_code == 303
    page = asked.headers["location"]
    while await node.work():
        pass
    examined = (await browser.get(page)).text
    assert "Rien ne se dégrade" in examined
    assert (await browser.post(f"{page}/decision", data={"go": "true"})).status_code == 303
    while await node.work():
        pass
    assert "30 €" in fee_of(tmp_path)
    followed = (await browser.get(page.replace("/desk/", "/api/desk/", 1))).json()
    assert (followed["state"], followed["verdict"]) == ("active", "clear")
    assert "Annuler cette publication" in (await browser.get("/desk/publications")).text
    assert (await browser.post("/desk/rollback")).status_code == 422  # which one?
    undone = [await browser.post("/desk/rollback", data={"publication": page.rpartition("/")[2]}) for _ in range(2)]
    assert [one.status_code for one in undone] == [303, 303]
    assert len({one.headers["location"] for one in undone}) == 1  # a second click undoes nothing more
    while await node.work():
        pass
    assert "25 €" in fee_of(tmp_path)
    assert [one.kind for one in await recent(desk.database)] == ["rollback", "publish"]
    assert (await browser.post("/api/desk/rollback")).status_code == 409


async def test_who_may_not_publish_is_refused(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    assert (await editor.get("/desk/publications")).status_code == 200
    body = {"changes": [{"collection": "test", "entry": "F1", "version": 1}]}
    assert (await editor.post("/api/desk/publications", json=body)).status_code == 403
    assert (await editor.post("/desk/rollback", data={"publication": "x"})).status_code == 403
    stranger = httpx.AsyncClient(base_url=desk.settings.base_url, transport=httpx.ASGITransport(desk.app))
    for path in ("/api/desk/publications", "/api/desk/golden", "/api/desk/demand"):
        assert (await stranger.get(path)).status_code == 401


async def test_a_question_is_tried_with_its_reasons(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    why = (await editor.post("/api/desk/try", json={"query": "coût du passeport", "entry": "F1"})).json()
    first = why["ranking"][0]
    assert first["entry_id"] == "F2"
    assert "passeport" in {match["term"] for match in first["matches"]}
    assert why["about"]["entry_id"] == "F1"
    assert why["about"]["place"] > 1
    assert {share["feature"] for share in why["shares"]} >= {"posterior", "margin"}
    page = await editor.get("/desk/try", params={"q": "coût du passeport", "entry": "F1"})
    assert "Pourquoi F1 n’est pas première" in page.text
    first_one = await editor.get("/desk/try", params={"q": "coût du passeport", "entry": "F2"})
    assert "est bien la première" in first_one.text
    assert "n’est pas première" not in first_one.text
    none = await editor.get("/desk/try", params={"q": "passeport", "entry": "F404"})
    assert "n’approche pas" in none.text


async def test_the_page_says_why_the_reply_is_that_one(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    page = await editor.get("/desk/try", params={"q": "coût du passeport ? tél. 06 12 34 56 78"})
    assert page.status_code == 200
    for heading in ("Pourquoi cette réponse", "Ce qui a été compris", "Les fiches les plus proches", "Les seuils"):
        assert heading in page.text
    assert "Le service n’a pas répondu" in page.text  # nothing was composed that asks it
    human = await editor.get("/desk/try", params={"q": "je veux parler à un agent"})
    assert "L’essai ne l’envoie pas" in human.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Le service n’a pas répondu" not in human.text, "nothing is broken: it was not asked"
    assert "34 56" not in page.text


async def test_the_page_shows_what_citizens_get(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def replies(message: str, language: str) -> dict[str, CitizenReply]:
        assert (message, language) == ("passeport", "fr")
        block = {"type": "text", "text": "Bonjour !"}
        return {
            "web": CitizenReply("Bonjour !", "small_talk", "", blocks=(block,)),
            "sms": CitizenReply("Bonjour par SMS", "small_talk", "", 2),
        }

    monkeypatch.setattr(publishing, "part", partial(publishing.part, replies=replies))
    desk = await desk_of(publishing, tmp_path, redis_url, monkeypatch)
    editor = await desk.browser(Role.EDITOR)
    page = (await editor.get("/desk/try", params={"q": "passeport", "lang": "en"})).text
    assert "Bonjour !" in page
    assert """data-blocks="[{&#34;text&#34;: &#34;Bonjour !&#34;, &#34;type&#34;: &#34;text&#34;}]""" in page
    assert "By SMS (2 segments)" in page
    assert "The service treated this message otherwise (courtesy" in page
    await desk.database.close()


async def test_a_wording_is_attached_and_made_golden(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    sent = {"q": "refaire ma CNI, tél. 06 12 34 56 78", "entry": "test/F1"}
    attached = await editor.post("/desk/try/wording", data=sent)
    assert attached.status_code == 303
    assert "34" not in attached.headers["location"]  # what stands in an address, proxies write down
    waiting = await publications._waiting(desk.database)
    assert [(row.id, row.stage) for row in waiting] == [("F1", "draft")]
    assert (await editor.post("/desk/try/golden", data=sent)).status_code == 303
    (kept,) = await golden(desk.database)
    assert (kept.gold, kept.question) == (("F1",), "refaire ma CNI, tél. •••")
    assert "refaire ma CNI" in (await editor.get("/desk/golden")).text
    assert (await editor.post(f"/desk/golden/{kept.name}/active", data={"active": "false"})).status_code == 303
    assert await golden(desk.database) == []
    assert (await editor.post("/desk/try/wording", data={"q": "x", "entry": "test/F404"})).status_code == 409
    assert (await editor.post("/api/desk/golden", json={"question": "x y", "gold": ["F404"]})).status_code == 422


async def test_a_golden_question_of_a_collection_is_no_business_of_another_s_editors(desk: Desk) -> None:
    editor = await desk.browser(Role.EDITOR)
    asked = {"question": "refaire ma CNI", "entries": "F1"}
    assert (await editor.post("/desk/golden", data=asked)).status_code == 303
    (kept,) = await golden(desk.database)
    other = await desk.browser(Role.EDITOR, email="other@mairie.example", collections=["elsewhere"])
    assert (await other.post(f"/desk/golden/{kept.name}/active", data={"active": "false"})).status_code == 403
    assert (await other.post("/desk/golden", data=asked | {"entries": ""})).status_code == 403  # would take its entry from it
    assert (await other.post("/api/desk/golden", json={"question": "autre", "gold": ["F2"]})).status_code == 403
    assert (await other.post("/desk/try/golden", data={"q": "autre", "entry": "test/F2"})).status_code == 403
    assert await golden(desk.database) == [kept]
    assert (await other.post("/desk/golden", data={"question": "la piscine", "entries": ""})).status_code == 303


async def test_a_subject_asked_in_vain_becomes_a_draft(desk: Desk) -> None:
    for text in NURSERY:
        await say(desk.database, text)
    await cluster(desk.database, WordEmbedder(), Plain())
    editor = await desk.browser(Role.EDITOR)
    (one,) = (await editor.get("/api/desk/demand")).json()
    assert one["citizens"] == 3
    page = f"/desk/demand/{one['id']}"
    assert NURSERY[0] in (await editor.get(page)).text
    attached = {"action": "use", "target": "test/F1", "wording": [NURSERY[1]]}
    assert (await editor.post(page, data=attached)).status_code == 303
    assert (await editor.get("/api/desk/demand")).json()[0]["entry"] == "test/F1"
    again = await editor.post(page, data={"action": "use", "target": "other", "other": "test/F404", "wording": []})
    assert again.status_code == 409
    done = await editor.post(
        page, data={"action": "use", "target": "new", "collection": "test", "wording": [NURSERY[0], "not an example"]}
    )
    assert done.status_code == 303
    (after,) = (await editor.get("/api/desk/demand")).json()
    assert after["status"] == "drafted"
    drafts = {row.id: row for row in await publications._waiting(desk.database)}
    page_id = after["entry"].partition("/")[2]
    assert drafts[page_id].content["wordings"] == [NURSERY[0]]
    assert "Fiche en rédaction" in (await editor.get("/desk/demand")).text
    assert (await editor.get("/desk/demand/999")).status_code == 404


async def test_without_the_engine_the_page_says_so(desk: Desk) -> None:
    client = EngineClient(desk.settings)  # nothing listens there
    with pytest.raises(Problem) as silent:
        await client.explain("passeport", locale="fr", collection="", entry="")
    assert silent.value.status == 503


@pytest.mark.parametrize("path", ["/desk/publications", "/desk/try?q=passeport", "/desk/demand", "/desk/golden"])
async def test_every_page_speaks_english_too(desk: Desk, path: str) -> None:
    reader = await desk.browser(Role.READER)
    separator = "&" if "?" in path else "?"
    page = await reader.get(f"{path}{separator}lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
