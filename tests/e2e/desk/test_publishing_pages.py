"""The desk's pages on publishing: by keyboard alone, and as somebody who may only read."""

from __future__ import annotations

import json
from html import escape

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import update

from core.database import Database
from core.database.models import Publication
from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.desk.content import REPORT, fill
from tests.e2e.web.widget import violations
from tests.unit.retrieval.samples import IDENTITY


@pytest.fixture(scope="module")
def filled(desk: DeskService) -> DeskService:
    desk.work(fill)
    return desk


PAGES = ("publications", "publications/waiting", "try", "demand", "demand/1", "golden")


def test_a_publication_is_asked_for_by_keyboard(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.PUBLISHER)
    page.goto(f"{filled.url}/desk/publications")
    page.get_by_role("checkbox", name=IDENTITY.title).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # the reason
    page.keyboard.type("tarif")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/publications/*")
    expect(page.get_by_text("En attente de son tour")).to_be_visible()  # no publisher runs here
    page.get_by_role("button", name="Abandonner").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Publication abandonnée")).to_be_visible()


def test_a_wrong_identifier_is_named_and_the_form_comes_back_as_it_was(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.EDITOR)
    page.goto(f"{filled.url}/desk/golden")
    typed = {"#question": "Où refaire ma carte d’identité perdue ?", "#entries": "F404", "#heading": "Coût"}
    for field, text in typed.items():
        page.locator(field).fill(text)
    page.get_by_role("button", name="Garder la question").click()
    expect(page.locator("main")).to_contain_text("F404")
    page.get_by_role("link", name="Revenir au formulaire").click()
    for field, text in typed.items():
        expect(page.locator(field)).to_have_value(text)
    page.locator("#entries").fill(IDENTITY.id)
    page.get_by_role("button", name="Garder la question").click()
    expect(page.locator(".said .notice")).to_be_visible()
    expect(page.locator("table")).to_contain_text("Où refaire ma carte d’identité perdue")
    page.goto(f"{filled.url}/desk/golden?again=1")
    expect(page.locator("#question")).to_have_value("")


def test_publishing_is_not_the_main_button_when_answers_get_worse(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.PUBLISHER)
    page.goto(f"{filled.url}/desk/publications/waiting")
    expect(page.get_by_role("button", name="Publier quand même")).not_to_have_class("main")
    expect(page.locator("main button.main")).to_have_text("Abandonner")

    async def mend(database: Database) -> None:
        async with database.write() as session:
            report = REPORT.model_copy(update={"verdict": "changes"}).model_dump(mode="json")
            await session.execute(update(Publication).where(Publication.id == "waiting").values(report=report))

    filled.work(mend)
    page.reload()
    expect(page.locator("main button.main")).to_have_text("Publier")


def test_a_refused_step_of_an_entry_leads_back_although_its_buttons_are_named_action(
    filled: DeskService, new_context: NewContext
) -> None:
    page, _ = page_of(filled, new_context, Role.PUBLISHER)
    page.goto(f"{filled.url}/desk/entries/test/F1/workflow")
    page.locator("#at").evaluate("(field) => field.removeAttribute('required')")
    page.get_by_role("button", name="Programmer").click()  # without a day
    page.get_by_role("link", name="Revenir au formulaire").click()
    page.wait_for_url("**/desk/entries/test/F1/workflow")


def test_a_refusal_stands_in_red(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.PUBLISHER)
    page.goto(f"{filled.url}/desk/publications")
    page.get_by_role("button", name="Voir ce qui changerait").click()  # nothing was ticked
    expect(page.get_by_role("alert")).to_have_class("error")
    expect(page.locator(".said .notice")).to_have_count(0)


def test_a_tried_reply_is_drawn_as_the_widget_draws_it(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.EDITOR)
    card = {
        "type": "answer",
        "entry": "F1",
        "entry_version": 1,
        "snapshot": "s",
        "title": "Carte",
        "body": "Elle coûte **25 €**.",
    }
    choices = {"type": "choices", "options": [{"label": "Passeport", "payload": "x"}], "purpose": "entries"}
    blocks = [card | {"source": {"name": "Ville", "url": "https://x.example"}}, choices]

    def answered(route: Route) -> None:  # there is no engine here: the page without a question gets a reply
        shown = route.fetch(url=f"{filled.url}/desk/try").text()
        card = f'<div id="card" data-outcome="answered" data-blocks="{escape(json.dumps(blocks))}" hidden></div>'
        reply = f"<h2>Issue</h2><section><h3>Site</h3>{card}"
        reply += '<p class="reply web">Elle coûte 25 €.</p></section>'
        route.fulfill(body=shown.replace("</main>", f"{reply}</main>"), content_type="text/html")

    page.route("**/desk/try?q=*", answered)
    page.goto(f"{filled.url}/desk/try?q=carte")
    expect(page.locator("#card .card strong")).to_have_text("25 €")
    expect(page.locator(".reply.web")).to_be_hidden()
    expect(page.locator("#card").get_by_role("button", name="Passeport")).to_be_disabled()
    assert violations(page) == []


def test_a_reader_sees_and_changes_nothing(filled: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(filled, new_context, Role.READER)
    for path in PAGES:
        page.goto(f"{filled.url}/desk/{path}")
        assert page.locator("main form[method=post]").filter(has=page.get_by_role("button")).count() == 0, path
