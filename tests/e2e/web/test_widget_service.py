"""The widget and the plain page on the whole service: real pages, real dialogue, real network cuts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.conftest import Service
from tests.e2e.web.widget import Widget, violations

DEATH = "comment déclarer un décès ?"


@pytest.fixture
def real(service: Service, new_context: NewContext) -> Widget:
    return Widget(new_context().new_page(), service.url).visit()


def test_ask_read_the_card_follow_its_source_and_say_it_helped(real: Widget) -> None:
    real.open().ask(DEATH)
    card = real.cards.first
    expect(card.get_by_role("heading", level=3)).to_contain_text("Déclaration de décès")
    source = card.get_by_role("link", name=re.compile("^Ouvrir la page"))
    expect(source).to_have_attribute("href", re.compile(r"^https://www\.service-public\.fr/"))
    expect(card.locator(".source")).to_contain_text(re.compile(r"Vérifiée? le \d"))
    assert "**" not in card.inner_text()
    assert "](" not in card.inner_text()
    assert violations(real.page) == []
    real.button("Oui").first.click()
    expect(real.panel.locator(".feedback")).to_contain_text("Merci")


def test_choices_are_buttons_and_lead_to_a_card(real: Widget) -> None:
    real.open().ask("allocation")
    expect(real.replies).to_have_count(1)
    option = real.replies.first.locator(".choices button:not(.page *)").first  # a mini card opens in its place
    label = option.inner_text()
    option.click()
    expect(real.said.nth(1)).to_contain_text(label)
    expect(real.replies).to_have_count(2)
    for asked in range(2, 5):  # a page that depends on the situation asks for it, also with buttons
        if real.replies.last.locator(".card").count():
            break
        real.replies.last.locator(".choices button").first.click()
        expect(real.replies).to_have_count(asked + 1)
    expect(real.replies.last.locator(".card")).to_be_visible()


def test_in_english_then_found_again_after_a_reload_and_in_another_tab(real: Widget) -> None:
    real.open().ask("bonjour")
    expect(real.replies).to_have_count(1)
    real.ask("in English please")
    expect(real.question).to_have_accessible_name("Your message")
    real.ask("hello")
    expect(real.replies.nth(2)).to_contain_text("assistant")
    shown = real.texts()
    real.page.reload()
    expect(real.replies).to_have_count(3)
    assert real.texts() == shown
    expect(real.question).to_have_accessible_name("Your message")
    second = Widget(real.page.context.new_page(), real.url).visit().open()
    expect(second.replies).to_have_count(3)
    second.ask("thank you")
    expect(second.replies).to_have_count(4)
    expect(real.replies).to_have_count(4)
    assert real.texts() == second.texts()


def test_the_network_goes_in_the_middle_of_an_answer(real: Widget) -> None:
    real.open().ask("bonjour")
    expect(real.replies).to_have_count(1)
    real.question.fill(DEATH)
    real.question.press("Enter")
    real.page.context.set_offline(True)
    expect(real.status).to_contain_text("connexion est coupée")
    real.ask("merci")
    real.page.context.set_offline(False)
    expect(real.replies).to_have_count(3)
    said = [text for text in real.texts() if text.startswith("said")]
    assert said == ["said bonjour", f"said {DEATH}", "said merci"]
    real.page.reload()
    expect(real.replies).to_have_count(3)
    expect(real.said).to_have_count(3)


@pytest.mark.both_databases
def test_start_again_erases(real: Widget) -> None:
    real.open().ask("bonjour")
    expect(real.replies).to_have_count(1)
    token = real.page.evaluate(f"JSON.parse(localStorage.getItem('guichet:{real.url}')).token")
    real.button("Options").click()
    real.button("Recommencer").click()
    real.button("Effacer mes messages").click()
    expect(real.replies).to_have_count(0)
    answer = real.page.request.get(f"{real.url}/api/web/history", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 401


def test_without_javascript(service: Service, new_context: NewContext) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{service.url}/assistant")
    page.locator("#text").fill(DEATH)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator(".card .source a").first).to_have_attribute("href", re.compile(r"^https://www\.service-public\.fr/"))
    page.reload()
    expect(page.locator(".said")).to_have_count(1)
    page.get_by_text("Recommencer").click()
    page.get_by_role("button", name="Effacer mes messages").click()
    expect(page.locator(".said")).to_have_count(0)


@pytest.mark.parametrize(("language", "title"), [("fr", "Cette page n’existe pas"), ("en", "This page does not exist")])
def test_who_follows_an_old_link_reads_where_to_go(
    service: Service, new_context: NewContext, language: str, title: str
) -> None:
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"{service.url}/ancienne-page?lang={language}")
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    page.locator("main").get_by_role("link").first.click()
    expect(page.locator("#text")).to_be_visible()
