"""The link of an e-mail with an answer, in a browser: on a phone, without JavaScript's help, and when it is no longer good."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget

PHONE = {"width": 390, "height": 844}


def test_the_link_opens_the_conversation_on_another_device_and_leaves_the_address(
    fake: FakeGateway, new_context: NewContext
) -> None:
    asked = Widget(new_context().new_page(), fake.url).visit().open().ask("carte")
    expect(asked.cards).to_have_count(1)
    (code,) = fake.conversations
    page = new_context(viewport=PHONE).new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{fake.url}/assistant/answer?lang=fr#{code}")
    there = Widget(page, fake.url)
    expect(there.cards).to_have_count(1)
    assert page.url == f"{fake.url}/assistant/answer?lang=fr"
    assert not any(code in url.partition("#")[0] for url in requests)
    there.ask("carte")
    expect(there.cards).to_have_count(2)
    assert list(fake.conversations) == [code], "no second conversation was opened"


def test_a_link_that_is_no_longer_good_is_told_in_the_widget(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{fake.url}/assistant/answer#gone")
    expect(Widget(page, fake.url).status).not_to_be_empty()
    assert fake.conversations == {}


def test_the_page_of_the_link_is_accessible_without_javascript(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context(viewport=PHONE).new_page()
    for language in ("fr", "ar"):
        page.goto(f"{fake.url}/assistant/answer?lang={language}")
        expect(page.locator("#link")).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.locator("#link").bounding_box()["height"] >= 44  # type: ignore[index]
