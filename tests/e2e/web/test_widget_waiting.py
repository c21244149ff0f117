"""When more comes than is answered: who waits is told so and for how long, and a message too many leaves by itself later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import override

import pytest
from playwright.sync_api import Page, expect

from conversations.client_updates import backlog, hub
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget, violations
from tests.integration.channels_support import Citizen, Guichet, guichet, settings_for, working
from tests.integration.migrated import migrated
from tests.integration.servers import RedisServer

_LATER = "partira de lui-même après la réponse aux précédents"
_TELLS = """() => { const told = window.told = [];
  const queue = document.querySelector('guichet-widget').shadowRoot.querySelector('.queue');
  new MutationObserver(() => told.push(queue.textContent)).observe(queue, {childList: true, subtree: true}) }"""


class Busy(Service):
    """A real gateway around an engine of ours; nobody works before ``work()``."""

    inside: Guichet

    @override
    async def _start(self) -> None:
        await migrated(self.settings.sql_url)
        self.inside = await self._stack.enter_async_context(guichet(self.settings))

    async def crowd(self, number: int) -> None:
        """So many people, each with a message."""
        for _ in range(number):
            await (await self.inside.citizen()).post("bonjour")

    async def work(self) -> None:
        await self._stack.enter_async_context(working(self.settings))

    async def answer(self, number: int) -> None:
        """Answer so many messages, then no more until ``go_on``."""
        self.inside.rasa.room = number
        self.inside.rasa.gate.set()

    async def go_on(self) -> None:
        self.inside.rasa.gate.set()


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Busy]:
    monkeypatch.setattr(hub, "_IDLE_SECONDS", 0.5)
    monkeypatch.setattr(backlog, "LATE_SECONDS", 1.0)
    monkeypatch.setattr(backlog, "_FRESH_SECONDS", 0.2)
    redis = RedisServer(tmp_path)
    redis.start()
    running = Busy(
        settings_for("", redis.url, tmp_path, web_turn_seconds=120.0, web_engine_seconds=120.0, worker_concurrency=1)
    )
    running.start()
    yield running
    running.run(running.go_on())
    running.stop()
    redis.stop()


def told(page: Page) -> list[str]:
    """What the line about waiting has said, change by change."""
    return [text.replace("\xa0", " ") for text in page.evaluate("window.told")]


def test_who_waits_in_a_crowd_is_told_once_and_until_the_answer_comes(busy: Busy, new_context: NewContext) -> None:
    busy.run(busy.crowd(20))
    busy.run(busy.answer(4))
    busy.run(busy.work())
    widget = Widget(new_context().new_page(), busy.url).visit().open()
    widget.page.evaluate(_TELLS)
    queue = widget.panel.locator(".queue")
    widget.ask("bonjour")
    expect(queue).to_contain_text("Beaucoup de personnes écrivent en ce moment")
    expect(queue).to_contain_text("inutile de l’envoyer à nouveau")
    expect(queue).to_contain_text("Attente estimée")
    expect(queue).to_have_attribute("role", "status")
    expect(widget.panel.locator(".typing")).to_be_visible()
    assert violations(widget.page) == []
    widget.ask("encore une question")
    expect(widget.said).to_have_count(2)
    assert len(told(widget.page)) == 1
    widget.speak("English")
    expect(queue).to_contain_text("Many people are writing at the moment")
    widget.page.set_viewport_size({"width": 320, "height": 640})
    expect(queue).to_be_in_viewport()
    expect(widget.question).to_be_in_viewport()
    assert violations(widget.page) == []
    busy.run(busy.go_on())
    expect(widget.replies).to_have_count(2)
    expect(queue).to_be_hidden()
    expect(widget.panel.locator(".typing")).to_be_hidden()


def test_the_twenty_first_message_leaves_by_itself(busy: Busy, new_context: NewContext) -> None:
    widget = Widget(new_context().new_page(), busy.url).visit().open().ask("question 0")
    expect(widget.panel.locator(".typing")).to_be_visible()  # it was taken in
    token = widget.page.evaluate(f"JSON.parse(localStorage.getItem('guichet:{busy.url}')).token")
    citizen = Citizen(busy.inside.http, "", token)
    for number in range(1, 20):
        assert busy.run(citizen.post(f"question {number}")).status_code == 202
    widget.ask("question 20").ask("question 21")
    for number in (1, 2):
        expect(widget.said.nth(number).locator(".state")).to_contain_text(_LATER)
    expect(widget.status).to_be_hidden()  # nothing is broken
    assert violations(widget.page) == []
    busy.run(busy.work())
    expect(widget.replies).to_have_count(22)
    expect(widget.panel.locator(".state:visible")).to_have_count(0)
    assert [said for _, said in busy.inside.rasa.handled] == [f"question {number}" for number in range(22)]


@pytest.mark.parametrize("sockets", [True, False])
def test_what_is_one_too_many_keeps_its_place_and_the_line(fake: FakeGateway, new_context: NewContext, sockets: bool) -> None:
    fake.sockets = sockets
    widget = Widget(new_context().new_page(), fake.url).visit().open().ask("un")
    expect(widget.replies).to_have_count(1)
    opened: list[str] = []
    widget.page.on("websocket", lambda socket: opened.append(socket.url))
    fake.hold()
    widget.ask("deux")
    expect(widget.panel.locator(".typing")).to_be_visible()
    fake.full = True
    widget.ask("trois")
    expect(widget.said.nth(2).locator(".state")).to_contain_text(_LATER)
    fake.full = False  # there is room, but "trois" comes first
    widget.ask("quatre")
    expect(widget.said.nth(3).locator(".state")).to_contain_text(_LATER)
    assert fake.said == ["un", "deux"]
    fake.release()
    expect(widget.replies).to_have_count(4)
    expect(widget.panel.locator(".state:visible")).to_have_count(0)
    assert fake.said == ["un", "deux", "trois", "quatre"]
    assert opened == []


def test_what_is_one_too_many_is_there_after_a_reload(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("un")
    expect(widget.replies).to_have_count(1)
    fake.full = True
    widget.ask("deux")
    expect(widget.said.nth(1).locator(".state")).to_contain_text(_LATER)
    widget.page.reload()
    expect(widget.said.nth(1).locator(".state")).to_contain_text(_LATER)
    fake.full = False
    expect(widget.replies).to_have_count(2)  # tried again by itself, though no answer made room
    assert fake.said == ["un", "deux"]
