"""The start page, the demonstration site and the notices: language, security headers, honesty, accessibility."""

from __future__ import annotations

import re

import httpx
import orjson
import pytest
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import violations

PAGES = ["/", "/demo", "/about", "/privacy", "/legal", "/accessibility", "/assistant"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_its_security_headers(fake: FakeGateway, path: str) -> None:
    answer = httpx.get(fake.url + path)
    assert answer.status_code == 200
    policy = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["trusted-types"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert ("script-src" in policy) == (path == "/demo")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_at_320_px(fake: FakeGateway, new_context: NewContext, path: str, language: str) -> None:
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"{fake.url}{path}?lang={language}")
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


@pytest.mark.parametrize(("language", "direction"), [("es", "ltr"), ("ar", "rtl")])
@pytest.mark.parametrize("path", ["/about", "/privacy"])
def test_page_that_the_panel_links_to_speaks_its_language(
    fake: FakeGateway, new_context: NewContext, path: str, language: str, direction: str
) -> None:
    page = new_context(viewport={"width": 320, "height": 800}).new_page()
    page.goto(f"{fake.url}{path}?lang={language}")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", language)
    expect(html).to_have_attribute("dir", direction)
    letters = re.sub(r"[^\w]", "", page.locator("main").inner_text())
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in letters) / len(letters)
    assert (arabic > 0.75) == (language == "ar")
    expect(page.get_by_text("Vos données", exact=True)).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []


def test_every_link_of_every_page_leads_somewhere(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    for path in PAGES:
        page.goto(fake.url + path)
        links = page.locator("a").evaluate_all("all => all.map(each => each.href)")
        own = {link for link in links if link.startswith(fake.url)}
        for link in own:
            assert httpx.get(link, follow_redirects=True).status_code == 200, link


def test_about_claims_no_quality_that_was_not_measured(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{fake.url}/about")
    expect(page.get_by_text("Aucune mesure n’a été publiée")).to_be_visible()
    folder = fake.settings.home / "evaluation"
    folder.mkdir()
    figures = {"measured_at": "2026-03-01T08:00:00Z", "questions": 200, "figures": {"recall@1": 0.814, "p95_ms": 21.4}}
    (folder / "latest.json").write_bytes(orjson.dumps(figures))
    page.reload()
    expect(page.get_by_text("1er mars 2026")).to_be_visible()
    expect(page.get_by_text("81\u00a0%")).to_be_visible()


def test_about_with_published_first_replies_shows_them(fake: FakeGateway, new_context: NewContext) -> None:
    folder = fake.settings.home / "evaluation"
    folder.mkdir()
    figures = {"measured_at": "2026-03-02T08:00:00Z", "questions": 150, "figures": {"says": 0.437, "misleading": 0.02}}
    (folder / "first_reply.json").write_bytes(orjson.dumps(figures))
    page = new_context().new_page()
    page.goto(f"{fake.url}/about")
    expect(page.get_by_text("Premières réponses à 150 questions")).to_be_visible()
    expect(page.get_by_text("44\u00a0%")).to_be_visible()
    expect(page.get_by_text("Aucune mesure n’a été publiée")).to_have_count(0)
    page.goto(f"{fake.url}/about?lang=en")
    expect(page.get_by_text("The first reply says what was asked for")).to_be_visible()


@pytest.mark.parametrize(
    ("turkish", "fr", "en"), [(0.725, "(turc), 72 fois", "(Turkish), 72 times"), (0.9, "aucune n’est", "none is served")]
)
def test_about_says_who_is_served_least(fake: FakeGateway, new_context: NewContext, turkish: float, fr: str, en: str) -> None:
    folder = fake.settings.home / "evaluation"
    folder.mkdir()
    shares = {"standard": 0.85, "sms": 0.875, "tr": turkish}
    (folder / "equality.json").write_bytes(
        orjson.dumps({"measured_at": "2026-03-02T08:00:00Z", "questions": 40, "figures": shares})
    )
    page = new_context().new_page()
    page.goto(f"{fake.url}/about")
    expect(page.get_by_text(fr)).to_be_visible()
    page.goto(f"{fake.url}/about?lang=en")
    expect(page.get_by_text(en)).to_be_visible()


@pytest.mark.parametrize(("watts", "estimated"), [({"watts_a_core": 6.0}, 1), ({}, 0)])
def test_about_says_what_a_turn_costs_in_energy(
    fake: FakeGateway, new_context: NewContext, watts: dict[str, float], estimated: int
) -> None:
    folder = fake.settings.home / "evaluation"
    folder.mkdir()
    figures = {"measured_at": "2026-03-02T08:00:00Z", "questions": 300, "figures": {"cpu_s": 0.102, "joules": 0.61} | watts}
    (folder / "energy.json").write_bytes(orjson.dumps(figures))
    page = new_context().new_page()
    page.goto(f"{fake.url}/about")
    expect(page.get_by_text("0,10 seconde de processeur et 0,6 joules")).to_be_visible()
    expect(page.get_by_text("estimée à 6 watts par cœur")).to_have_count(estimated)
    page.goto(f"{fake.url}/about?lang=en")
    expect(page.get_by_text("0.10 second of processor time and 0.6 joules")).to_be_visible()


def test_what_the_administration_did_not_give_is_marked_as_missing(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(f"{fake.url}/legal")
    expect(page.locator(".missing").first).to_contain_text("à renseigner")
    page.goto(f"{fake.url}/accessibility")
    expect(page.get_by_text("aucun audit en cours de validité")).to_be_visible()


def test_the_start_page_leads_to_a_conversation(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(fake.url)
    page.get_by_role("link", name="Voir l’assistant sur un site").click()
    expect(page.get_by_role("button", name="Posez votre question")).to_be_visible()
