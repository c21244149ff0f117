"""The same conversation in plain pages, without JavaScript."""

from __future__ import annotations

import re
import uuid

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import violations


@pytest.fixture
def page(fake: FakeGateway, new_context: NewContext) -> Page:
    opened = new_context(java_script_enabled=False).new_page()
    opened.goto(f"{fake.url}/assistant")
    return opened


def ask(page: Page, text: str, button: str = "Envoyer") -> None:
    page.locator("#text").fill(text)
    with page.expect_navigation():  # a click is over before the page that it leads to is there: a reload would fail
        page.get_by_role("button", name=button, exact=True).click()


def test_no_cookie_before_the_first_message_and_a_strict_one_after(page: Page, fake: FakeGateway) -> None:
    expect(page.get_by_text("Vous écrivez à une machine")).to_be_visible()
    assert page.context.cookies() == []
    assert fake.conversations == {}
    ask(page, "bonjour")
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"], cookie["expires"]) == (True, "Strict", "/assistant", -1)
    assert cookie["value"] not in page.url


def test_ask_choose_read_and_say_what_one_thinks(page: Page, fake: FakeGateway) -> None:
    ask(page, "perdu")
    page.get_by_role("button", name="Passeport perdu").click()
    card = page.locator(".card")
    expect(card.get_by_role("heading")).to_have_text(re.compile("Perte ou vol"))
    expect(card.locator(".source")).to_contain_text(re.compile(r"01/03/2020, il y a \d+ ans"))
    assert card.locator("ol > li").count() == 3
    assert page.url.endswith("#last")
    page.get_by_role("button", name="Non", exact=True).click()
    page.get_by_label("Il manque une information").check()
    page.locator(".why").get_by_role("button", name="Envoyer").click()
    expect(page.locator(".feedback")).to_have_text(re.compile("Merci"))
    assert fake.opinions[-1]["reason"] == "incomplete"
    assert fake.said == ["perdu", "Passeport perdu"]


def test_paper_has_the_notice_of_an_old_page_and_the_address_of_the_answer(page: Page, fake: FakeGateway) -> None:
    ask(page, "une ancienne page")
    notice, link = page.locator(".source details p"), page.locator(".source .link")
    expect(notice).to_be_hidden()
    page.emulate_media(media="print")
    expect(notice).to_be_visible()
    address = f"{fake.settings.base_url}/page/F1341#que-faire-en-france-vous-etes-majeur"
    assert link.get_attribute("data-address") == address
    assert "data-address" in link.evaluate("each => [...document.styleSheets[0].cssRules].map(rule => rule.cssText).join()")
    for hidden in (".ask", ".end", ".before", ".feedback"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_an_old_page_says_so_once_beside_its_source(page: Page) -> None:
    ask(page, "une ancienne page")
    card = page.locator(".card")
    expect(card.locator(".source summary")).to_contain_text(re.compile(r"01/03/2020, il y a \d+ ans"))
    card.locator(".source summary").click()
    expect(card.locator(".source p")).to_have_text("Vérifiée le 01/03/2020\u00a0: les règles et les montants ont pu changer.")
    expect(card.locator(".notice")).to_have_count(0)


def test_a_local_page_names_no_source_that_it_has_not(page: Page) -> None:
    ask(page, "la piscine")
    expect(page.locator(".card .source a").first).to_have_text("Ouvrir la page")
    expect(page.locator(".card .source a span.unseen")).to_have_count(0)  # else nobody would see the link
    ask(page, "la déchetterie")
    source = page.locator(".card").last.locator(".source")
    expect(source).to_contain_text("Mairie de Nîmes")
    expect(source.locator("a[href^='http']")).to_have_count(0)


def test_a_reload_does_not_say_it_again(page: Page, fake: FakeGateway) -> None:
    ask(page, "bonjour")
    page.reload()
    expect(page.locator(".said")).to_have_count(1)
    assert fake.said == ["bonjour"]


def test_english_and_start_again(page: Page, fake: FakeGateway) -> None:
    ask(page, "bonjour")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ask(page, "hello", "Send")
    expect(page.locator("#last")).to_contain_text("What is your question?")
    page.get_by_text("Start again").click()
    page.get_by_role("button", name="Erase my messages").click()
    expect(page.get_by_role("status")).to_have_text("The conversation is erased. Receipt to keep: ABCD-2345-WXYZ")
    expect(page.locator(".said")).to_have_count(0)
    assert page.context.cookies() == []
    assert fake.conversations == {}


def test_the_conversation_can_be_downloaded(page: Page) -> None:
    ask(page, "carte")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger la conversation").click()
    assert "Faites la déclaration" in download.value.path().read_text(encoding="utf-8")


def test_a_reply_that_is_late_can_be_fetched_later(fake: FakeGateway, page: Page) -> None:
    object.__setattr__(fake.settings, "web_turn_seconds", 0.3)
    fake.hold()
    ask(page, "bonjour")
    expect(page.get_by_text("pas encore arrivée")).to_be_visible()
    fake.release()
    expect(page.locator(".reply")).to_have_count(0)
    page.get_by_role("link", name="Voir si elle est arrivée").click()
    expect(page.locator(".reply")).to_have_count(1)


def test_who_waits_for_a_late_reply_is_told_why(fake: FakeGateway, page: Page) -> None:
    object.__setattr__(fake.settings, "web_turn_seconds", 0.3)
    fake.late = "Beaucoup de personnes écrivent en ce moment."
    fake.hold()
    ask(page, "bonjour")
    expect(page.locator(".queue")).to_have_text(fake.late)
    fake.release()
    page.get_by_role("link", name="Voir si elle est arrivée").click()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.locator(".queue")).to_have_count(0)


def test_an_erased_conversation_begins_anew(page: Page, fake: FakeGateway) -> None:
    ask(page, "bonjour")
    fake.conversations.clear()
    ask(page, "bonsoir")
    expect(page.locator(".said")).to_have_count(1)
    expect(page.locator(".reply")).to_have_count(1)


def test_a_conversation_that_is_gone_is_said_to_be(page: Page, fake: FakeGateway) -> None:
    ask(page, "bonjour")
    fake.conversations.clear()
    page.reload()
    expect(page.get_by_role("status")).to_have_text("La conversation précédente n’existe plus : une nouvelle commence.")
    assert page.context.cookies() == []


def test_what_an_address_says_of_a_receipt_is_no_words_of_ours(page: Page, fake: FakeGateway) -> None:
    page.goto(f"{fake.url}/assistant?erased=appelez+le+0899")
    expect(page.get_by_role("status")).to_have_text("La conversation est effacée.")


def test_a_message_of_spaces_is_told_to_be_empty(page: Page, fake: FakeGateway) -> None:
    ask(page, "   ")
    expect(page.get_by_role("alert")).to_have_text("Votre message est vide. Écrivez votre question en une phrase.")
    expect(page.locator("#text")).to_be_focused()
    assert fake.conversations == {}


def test_a_refusal_is_told_on_the_page(page: Page) -> None:
    ask(page, "trop long")
    expect(page.get_by_role("alert")).to_have_text("Message trop long : 2000 caractères au plus.")
    expect(page.locator("#text")).to_have_value("trop long")


def test_a_message_too_many_stands_in_the_field_and_is_sent_by_one_press(page: Page, fake: FakeGateway) -> None:
    ask(page, "bonjour")
    fake.full = True
    ask(page, "\n<b>et aussi</b>\nceci")
    expect(page.get_by_role("alert")).to_contain_text("puis envoyez celui-ci à nouveau")
    expect(page.locator("#text")).to_have_value("\n<b>et aussi</b>\nceci")
    fake.full = False
    with page.expect_navigation():
        page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator(".said")).to_have_count(2)
    expect(page.locator("#text")).to_have_value("")
    assert [text.split() for text in fake.said] == [["bonjour"], ["<b>et", "aussi</b>", "ceci"]]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["", "/feedback", "/language", "/restart"])
def test_a_post_from_another_site_is_refused(fake: FakeGateway, headers: dict[str, str], path: str) -> None:
    form = {"id": str(uuid.uuid4()), "text": "bonjour", "reply": "r", "useful": "true", "to": "en"}
    answer = httpx.post(f"{fake.url}/assistant{path}", data=form, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert fake.said == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_axe_finds_nothing(fake: FakeGateway, new_context: NewContext, language: str) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()  # scripts on: axe is one
    page.goto(f"{fake.url}/assistant?lang={language}")
    found = {"empty": violations(page)}
    for text in ("perdu", "mon nom", "carte"):
        ask(page, text, "Envoyer" if language == "fr" else "Send")
        found[text] = violations(page)
    page.locator(".feedback button").nth(1).click()
    found["why not"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found == {state: [] for state in found}


def test_the_source_is_named_in_the_language_that_was_written(page: Page) -> None:
    ask(page, "I lost my papers")
    source = page.locator(".card .source")
    expect(source).to_contain_text("Open the page service-public.fr")
    expect(source).to_contain_text(re.compile(r"1 March 2020, \d+ years ago"))
    expect(page.locator(".card")).to_have_attribute("lang", "en")
