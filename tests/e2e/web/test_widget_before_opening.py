"""What the widget costs a visitor who never uses it: next to nothing, and nothing stored."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget

EVERYTHING_STORED = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookie: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
})"""
ICON = "/static/pages/icon.svg"
NOTHING = {"local": [], "session": [], "cookie": "", "databases": 0, "caches": 0}


def requests_of(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    return asked


def test_nothing_is_stored_and_nothing_asked_before_it_is_opened(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked = requests_of(page)
    widget = Widget(page, fake.url).visit()
    page.wait_for_load_state("networkidle")
    paths = sorted(urlsplit(url).path for url in asked)
    # A browser that has a tab asks for its icon, too.
    assert [path for path in paths if path != ICON] == ["/demo", "/static/pages/demo.css", "/widget.js"]
    assert paths.count(ICON) <= 1
    assert page.evaluate(EVERYTHING_STORED) == NOTHING
    assert page.context.cookies() == []
    widget.open()
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == []  # not before the first message
    assert fake.conversations == {}


def test_no_request_leaves_the_service(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked = requests_of(page)
    Widget(page, fake.url).visit().open().ask("carte")
    expect(page.locator(".card")).to_be_visible()
    for path in ("/", "/about", "/privacy", "/legal", "/accessibility", "/assistant"):
        page.goto(fake.url + path)
        page.wait_for_load_state("networkidle")
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(fake.url).netloc}
    assert not any(token in url for url in asked for token in fake.conversations)


def test_sizes_and_caching(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    asked = requests_of(page)
    Widget(page, fake.url).visit().open().ask("carte")
    expect(page.locator(".card")).to_be_visible()
    scripts = {url for url in asked if url.endswith(".js")}
    with httpx.Client(headers={"Accept-Encoding": "gzip"}) as client:
        answers = {url: client.get(url) for url in scripts}
    sizes = {url: int(answer.headers["Content-Length"]) for url, answer in answers.items()}
    assert all(answer.headers["Content-Encoding"] == "gzip" for answer in answers.values())
    launcher = sizes[f"{fake.url}/widget.js"]
    assert launcher <= 12_000
    assert sum(sizes.values()) <= 40_000
    for url, answer in answers.items():
        assert ("immutable" in answer.headers["Cache-Control"]) == ("/widget/" in url)
    tag = answers[f"{fake.url}/widget.js"].headers["ETag"]
    assert httpx.get(f"{fake.url}/widget.js", headers={"If-None-Match": tag}).status_code == 304
    old = re.sub("/widget/[0-9a-f]+/", "/widget/0123/", next(url for url in scripts if "/panel.js" in url))
    assert httpx.get(old).headers["Cache-Control"] == "no-store"


def test_words_of_the_panel_are_asked_for_once_and_beside_its_modules(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    widget = Widget(page, fake.url).visit()
    asked = requests_of(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/widget/**", hold)
    # Not by wait_for_function, which evaluates in the page: its policy forbids that.
    with page.expect_request("**/widget/**"), page.expect_request("**/api/web/config*"):
        widget.launcher.click()
    for route in held:  # no module was there yet
        route.continue_()
    page.unroute("**/widget/**")
    expect(widget.question).to_be_visible()
    assert len([url for url in asked if "/api/web/config" in url]) == 1


def test_it_works_on_another_site(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(fake.url.replace("127.0.0.1", "localhost") + "/elsewhere")
    widget = Widget(page, fake.url).open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    assert page.evaluate("Object.keys(localStorage)") == [f"guichet:{fake.url}"]
    expect(page.locator("guichet-widget")).to_have_count(1)  # though the page has the tag twice, as templates do


def test_it_stands_behind_a_page_that_is_not_read_to_its_end_yet(fake: FakeGateway, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(fake.url.replace("127.0.0.1", "localhost") + "/elsewhere")  # its tag stands above its last paragraph
    assert page.evaluate("document.body.lastElementChild.localName") == "guichet-widget"
