"""Synonyms at the desk in Chromium: by keyboard, on a telephone, with the search behind; and what axe says of each state."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from playwright.sync_api import Page, expect

from actions.server.app import create_app
from core.database import Database
from core.identity import Role
from knowledge_base.synonyms.following import follow
from retrieval.query.synonym_lists import DESK_LIST
from retrieval.service import SearchService
from retrieval.snapshots.update import snapshots_folder
from retrieval.turn_scoped_retriever import TurnScopedRetriever
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of, start_gateway
from tests.e2e.web.widget import violations
from tests.integration.publishing_support import knowledge
from tests.integration.servers import free_port
from tests.unit.retrieval.samples import PASSPORT, WordEmbedder

PHONE, WIDE = ({"width": width, "height": 800} for width in (390, 1280))
WORDS, MEANS, QUESTION = "Ce que les citoyens écrivent", "Ce que disent les fiches", "Essayer une question"


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A gateway, and an action server in a thread that searches three entries."""
    home = tmp_path_factory.mktemp("synonyms")
    desk = start_gateway(home, actions_port=free_port())

    async def index(database: Database) -> None:
        await knowledge(database, home)

    desk.work(index)
    app = create_app(desk.settings, TurnScopedRetriever(SearchService(snapshots_folder(home), WordEmbedder(), check_seconds=0)))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=desk.settings.actions_port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield desk
    server.should_exit = True
    thread.join(10)
    desk.process.terminate()
    desk.process.wait(10)


def fits(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def searched(desk: DeskService, query: str) -> str:
    """The page that comes first for citizens."""
    headers = {"X-Guichet-Secret": desk.settings.internal_secret.get_secret_value()}
    found = httpx.post(f"{desk.settings.actions_url}/search", headers=headers, json={"query": query}).raise_for_status().json()
    first: str = (*found["hits"], *found["rejected"])[0]["title"]
    return first


def test_a_synonym_from_the_first_word_to_the_citizen(searching: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(searching, new_context, Role.EDITOR, viewport=WIDE)
    page.goto(f"{searching.url}/desk/try?q=zorglub")
    page.get_by_role("link", name="L’ajouter aux synonymes").press("Enter")
    expect(page.get_by_label(QUESTION)).to_have_value("zorglub")
    page.get_by_role("button", name="Proposer", exact=True).press("Enter")  # nothing was written yet
    expect(page.get_by_role("alert")).to_contain_text("Rien n’est encore enregistré")
    expect(page.get_by_label(WORDS)).to_have_attribute("aria-invalid", "true")
    fits(page)
    page.get_by_label(WORDS).focus()
    page.keyboard.type("zorglub")
    page.keyboard.press("Tab")
    page.keyboard.type("passeport d'un majeur")
    page.get_by_role("button", name="Voir ce que cela change").press("Enter")
    tried = page.get_by_role("region", name="Ce que recevraient les citoyens")
    expect(tried.get_by_role("link", name=PASSPORT.title).first).to_be_visible()
    expect(page.get_by_label(WORDS)).to_have_value("zorglub")
    fits(page)
    page.get_by_role("button", name="Proposer", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Proposition enregistrée")
    assert searched(searching, "zorglub") != PASSPORT.title

    phone, _ = page_of(searching, new_context, Role.PUBLISHER, viewport=PHONE)
    phone.goto(f"{searching.url}/desk/synonyms")
    fits(phone)
    phone.get_by_role("link", name="zorglub").click()
    phone.get_by_role("button", name="Voir ce que cela change").first.click()
    expect(phone.get_by_role("region", name="Ce que recevraient les citoyens")).to_be_visible()
    fits(phone)
    phone.get_by_role("button", name="Mettre la proposition en service").click()
    expect(phone.get_by_role("status")).to_contain_text("en service")

    async def followed(database: Database) -> bool:
        return await follow(database, searching.settings.home / DESK_LIST)

    assert searching.work(followed)  # as the publisher does twice a second
    assert searched(searching, "zorglub") == PASSPORT.title


def test_a_reader_sees_and_changes_nothing(searching: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(searching, new_context, Role.READER)
    page.goto(f"{searching.url}/desk/synonyms")
    expect(page.get_by_role("link", name="Ajouter un synonyme")).to_have_count(0)
    page.get_by_role("link", name="zorglub").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("zorglub")
    assert page.locator("main form[method=post]").count() == 0
