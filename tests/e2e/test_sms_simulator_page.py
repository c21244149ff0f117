"""The simulator's phone in the browser: by keyboard, in both languages, on a narrow screen, and to axe's satisfaction."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Service

QUESTION = "comment déclarer un décès ?"
ANSWER_MS = 60_000


class Phone:
    """The page, and what happened on it that must not happen."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.strays: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(url) else self.strays.append(request.url))
        page.on("console", lambda message: self.strays.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.strays.append(str(error)))

    def open(self, query: str = "") -> Phone:
        self.page.goto(f"{self.url}/simulator{query}")
        return self

    def write(self, text: str) -> None:
        """Type and press Enter, as a keyboard's user does."""
        self.page.get_by_label(re.compile("Votre SMS|Your SMS")).fill(text)
        self.page.keyboard.press("Enter")

    def use(self, number: str) -> None:
        self.page.locator("#number").fill(number)
        self.page.keyboard.press("Enter")

    def expect_received(self, count: int) -> None:
        expect(self.page.locator("#messages li.to_phone")).to_have_count(count, timeout=ANSWER_MS)

    def last(self) -> tuple[str, str]:
        """Text and figures of the last message received."""
        item = self.page.locator("#messages li.to_phone").last
        return item.locator(".body").inner_text(), item.locator(".meta").inner_text()

    def violations(self) -> list[str]:
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def phone(browser: Browser, service: Service) -> Iterator[Phone]:
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce")
    shown = Phone(context.new_page(), service.url)
    yield shown
    assert shown.strays == []
    assert context.cookies() == []
    assert shown.page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


def test_a_question_by_keyboard_alone_gets_an_answer_of_at_most_three_segments(phone: Phone) -> None:
    phone.open().use("+33639980010")
    page = phone.page
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type(QUESTION)
    expect(page.locator("#count")).to_have_text(f"{len(QUESTION)} caractères, 1 SMS (GSM-7)")
    page.keyboard.press("Enter")
    phone.expect_received(2)
    expect(page.locator("#messages .meta").last).to_contain_text("remis", timeout=ANSWER_MS)
    assert "STOP" in page.locator("#messages li.to_phone .body").first.inner_text()
    text, figures = phone.last()
    assert f"{phone.url}/l/" in text
    found = re.fullmatch(r"(\d+) caractères, ([123]) SMS \(GSM-7\) · 0,\d\d\s€ · remis", figures)
    assert found, figures
    assert int(found[1]) >= len(text)
    expect(page.locator("#text")).to_be_focused()
    assert phone.violations() == []


def test_stop_and_start(phone: Phone) -> None:
    phone.open().use("+33639980011")
    phone.write("STOP")
    phone.expect_received(1)
    assert "plus de messages" in phone.last()[0]
    status = phone.page.get_by_role("status")
    expect(status).to_contain_text("START")
    phone.write(QUESTION)
    expect(phone.page.locator("#messages li.from_phone .meta").last).to_contain_text("remis")
    expect(status).to_contain_text("désabonné")
    assert phone.violations() == []
    phone.use("+33639980017")
    expect(status).to_be_empty()
    phone.open("?lang=en").use("+33639980011")
    expect(status).to_contain_text("unsubscribed")
    phone.write("START")
    phone.expect_received(2)
    assert "nouveau" in phone.last()[0]
    expect(status).to_be_empty()


def test_two_phones_keep_their_messages(phone: Phone) -> None:
    phone.open().use("+33 6 39 98 00 12")
    phone.write("bonjour")
    phone.expect_received(2)
    phone.use("+33639980013")
    expect(phone.page.locator("#phone")).to_have_value("+33639980013")
    expect(phone.page.locator("#messages li")).to_have_count(0)
    expect(phone.page.locator("#empty")).to_be_visible()
    phone.page.locator("#phone").select_option("+33639980012")
    phone.expect_received(2)
    phone.page.reload()
    phone.use("+33639980012")
    phone.expect_received(2)


def test_a_wrong_number_is_said_to_be_wrong(phone: Phone) -> None:
    phone.open().use("06 39 98 00 12")
    expect(phone.page.get_by_role("alert").filter(has_text="international")).to_be_visible()
    assert phone.violations() == []


def test_in_english(phone: Phone) -> None:
    phone.open()
    assert phone.violations() == []
    phone.page.get_by_role("link", name="English").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("SMS simulator")
    phone.use("+33639980014")
    phone.write("hello")
    phone.expect_received(2)
    expect(phone.page.locator("#messages .meta").last).to_contain_text("delivered")
    assert phone.violations() == []


def test_it_fits_a_narrow_screen(phone: Phone) -> None:
    phone.page.set_viewport_size({"width": 320, "height": 640})
    phone.open().use("+33639980015")
    phone.write("https://exemple.fr/" + "adresse" * 20)
    phone.expect_received(2)
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert phone.violations() == []


def test_what_becomes_of_messages_can_be_chosen_and_the_conversation_be_kept(phone: Phone) -> None:
    phone.open().use("+33639980016")
    fate = phone.page.get_by_label("Ce que deviennent ses messages")
    with phone.page.expect_response(lambda response: response.url.endswith("/fate")) as decided:
        fate.select_option("jamais remis")
    assert decided.value.status == 204
    phone.write("bonjour")
    phone.expect_received(2)
    expect(phone.page.locator("#messages li.to_phone .meta").last).to_contain_text("non remis", timeout=ANSWER_MS)
    with phone.page.expect_download() as download:
        phone.page.get_by_role("link", name="Télécharger").click()
    messages = json.loads(download.value.path().read_text())["messages"]
    assert [message["status"] for message in messages] == ["delivered", "failed", "failed"]
    assert phone.violations() == []
