"""The desk's pages on the website's assistant: the questions at its start, its colour and its logo."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import expect

from core.database import Database
from core.database.models import EntryRow, StartQuestion
from core.identity import Role
from tests.e2e.browser import NewContext
from tests.e2e.desk.conftest import DeskService, page_of
from tests.e2e.web.widget import violations


def test_look_is_tried_on_the_panel_before_it_is_set(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.ADMINISTRATOR)
    page.goto(f"{desk.url}/desk/look")
    panels = page.locator(".look dialog")
    expect(panels).to_have_count(2)
    expect(panels.first).to_contain_text("La déclaration de perte se fait au guichet de la mairie")
    expect(panels.first.locator(".options")).to_have_count(2)
    expect(panels.first.locator(".options:visible")).to_have_count(0)
    colours = "all => all.map(each => getComputedStyle(each.querySelector('.head')).backgroundColor)"
    expect(page.get_by_text("Texte blanc sur cette couleur")).to_be_visible()
    page.get_by_label(re.compile("La même")).fill("#ffe600")
    assert panels.evaluate_all(colours) == ["rgb(255, 230, 0)"] * 2
    expect(page.get_by_text(re.compile(r"Texte noir sur cette couleur, contraste 1\d,\d"))).to_be_visible()
    page.get_by_label(re.compile("Couleur principale")).fill("#1a0033")
    assert panels.evaluate_all(colours) == ["rgb(26, 0, 51)"] * 2
    page.get_by_label(re.compile("Adresse du logo")).fill(f"{desk.url}/static/pages/icon.svg")
    expect(panels.first.locator(".logo")).to_be_visible()
    page.get_by_label(re.compile("La même")).fill("bleu")
    expect(page.get_by_role("status").filter(has_text="Écrivez la couleur")).to_be_visible()
    grounds = panels.evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
    assert grounds == ["rgb(255, 255, 255)", "rgb(22, 25, 29)"]
    assert violations(page) == []
    page.get_by_role("button", name="Enregistrer pour les citoyens").click()
    expect(page).to_have_url(f"{desk.url}/desk/look")  # the browser refuses what is no colour
    page.get_by_label(re.compile("La même")).fill("#1a0033")
    page.get_by_role("button", name="Enregistrer pour les citoyens").click()
    expect(page.get_by_text("C’est enregistré et en service.")).to_be_visible()
    assert httpx.get(f"{desk.url}/api/web/config").json()["colour"] == "#1a0033"


def test_look_is_no_business_of_editors(desk: DeskService, new_context: NewContext) -> None:
    page, _ = page_of(desk, new_context, Role.PUBLISHER)
    answer = page.goto(f"{desk.url}/desk/look")
    assert answer is not None
    assert answer.status == 403


def test_question_that_is_offered_is_hidden_by_one_press(desk: DeskService, new_context: NewContext) -> None:
    async def passports(database: Database) -> None:
        async with database.write() as session:
            session.add(
                EntryRow(
                    collection="c", id="F14929", locale="fr", title="Passeport", version=1, digest="d", content={},
                    status="published",
                )
            )  # fmt: skip
            session.add(StartQuestion(id="p", text="Où est la piscine ?", language="fr", hidden=False, author="a"))

    desk.work(passports)
    page, _ = page_of(desk, new_context, Role.EDITOR)
    page.goto(f"{desk.url}/desk/start-questions")
    offered = page.get_by_role("region", name="Proposées en ce moment")
    expect(offered.locator("tr", has_text="Où est la piscine")).to_have_count(1)
    question = offered.locator("tr", has_text="Comment faire un passeport")
    question.get_by_role("button", name=re.compile("Ne jamais proposer")).click()
    expect(question).to_have_count(0)
    chosen = page.get_by_role("region", name="Questions du départ")
    expect(chosen.locator("tr", has_text="Comment faire un passeport")).to_contain_text("Jamais proposée")
    assert violations(page) == []
