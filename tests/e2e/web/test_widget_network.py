"""Nothing is lost and nothing is repeated: reload, tabs, cut networks, a socket that does not pass, a service that is away."""

from __future__ import annotations

import re

from playwright.sync_api import Route, WebSocketRoute, expect

from tests.e2e.browser import NewContext
from tests.e2e.web.fake_gateway import FakeGateway
from tests.e2e.web.widget import Widget

HELLO = "reply Bonjour. Quelle est votre question ?"


def test_a_reload_finds_the_conversation_again(widget: Widget) -> None:
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.page.reload()
    expect(widget.replies).to_have_count(1)
    assert widget.texts() == ["said bonjour", HELLO]
    assert widget.focused() == "BODY"  # nobody asked for the focus
    widget.ask("bonsoir")
    expect(widget.replies).to_have_count(2)


def test_a_reload_while_the_answer_is_on_its_way(widget: Widget, fake: FakeGateway) -> None:
    fake.hold()
    widget.open().ask("bonjour")
    expect(widget.panel.locator(".typing")).to_be_visible()
    widget.page.reload()
    expect(widget.said).to_have_count(1)
    expect(widget.panel.locator(".typing")).to_be_visible()
    fake.release()
    expect(widget.replies).to_have_count(1)
    expect(widget.panel.locator(".typing")).to_be_hidden()
    assert fake.said == ["bonjour"]


def test_two_tabs_show_one_conversation(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    second = Widget(widget.page.context.new_page(), fake.url).visit().open()
    expect(second.replies).to_have_count(1)
    second.ask("bonsoir")
    expect(second.replies).to_have_count(2)
    expect(widget.replies).to_have_count(2)
    assert widget.texts() == second.texts() == ["said bonjour", HELLO, "said bonsoir", HELLO]
    widget.button("Options").click()
    widget.button("Recommencer").click()
    widget.button("Effacer mes messages").click()
    expect(second.replies).to_have_count(0)
    assert len(fake.said) == 2


def test_two_tabs_opened_before_the_first_message(widget: Widget, fake: FakeGateway) -> None:
    second = Widget(widget.page.context.new_page(), fake.url).visit().open()
    widget.open().ask("bonjour")
    expect(second.replies).to_have_count(1)
    second.ask("bonsoir")
    expect(widget.replies).to_have_count(2)
    assert len(fake.conversations) == 1


def test_cut_in_the_middle_of_an_answer_it_comes_once(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("un")
    expect(widget.replies).to_have_count(1)
    fake.hold()
    widget.ask("deux")
    expect(widget.panel.locator(".typing")).to_be_visible()
    widget.page.context.set_offline(True)
    expect(widget.status).to_contain_text("connexion est coupée")
    fake.release()
    widget.ask("trois")
    expect(widget.said.nth(2).locator(".state")).to_be_visible()
    assert widget.replies.count() == 1
    widget.page.context.set_offline(False)
    expect(widget.replies).to_have_count(3)
    expect(widget.said.nth(2).locator(".state")).to_be_hidden()
    assert [text.split()[1] for text in widget.texts() if text.startswith("said")] == ["un", "deux", "trois"]
    assert fake.said == ["un", "deux", "trois"]


def test_a_message_whose_acknowledgement_was_lost_is_not_applied_twice(fake: FakeGateway, new_context: NewContext) -> None:
    context = new_context()
    dropped: list[str] = []

    def lossy(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def from_server(message: str | bytes) -> None:
            if '"accepted"' in str(message) and not dropped:
                dropped.append(str(message))
                route.close(code=1011)
                server.close()
            else:
                route.send(message)

        server.on_message(from_server)

    context.route_web_socket(re.compile("/api/web/socket"), lossy)
    widget = Widget(context.new_page(), fake.url).visit().open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.ask("bonsoir")
    expect(widget.replies).to_have_count(2)
    assert dropped
    assert fake.said == ["bonjour", "bonsoir"]
    assert widget.texts() == ["said bonjour", HELLO, "said bonsoir", HELLO]


def test_who_writes_while_the_line_is_down_opens_one_line_and_not_two(fake: FakeGateway, new_context: NewContext) -> None:
    context = new_context()
    opened: list[WebSocketRoute] = []

    def count(route: WebSocketRoute) -> None:
        opened.append(route)
        route.connect_to_server()

    context.route_web_socket(re.compile("/api/web/socket"), count)
    widget = Widget(context.new_page(), fake.url).visit().open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    opened[0].close(code=1012)  # the gateway is replaced by a fresh one
    widget.ask("bonsoir")
    expect(widget.replies).to_have_count(2)
    widget.page.wait_for_timeout(1500)  # longer than the first pause: the next try would have come
    assert len(opened) == 2


def test_without_sockets_events_do(fake: FakeGateway, new_context: NewContext) -> None:
    fake.sockets = False
    widget = Widget(new_context().new_page(), fake.url).visit().open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    widget.ask("perdu")
    widget.button("Passeport perdu").click()
    expect(widget.cards).to_be_visible()
    widget.page.context.set_offline(True)
    widget.ask("bonsoir")
    widget.page.context.set_offline(False)
    expect(widget.replies).to_have_count(4)
    assert fake.said == ["bonjour", "perdu", "Passeport perdu", "bonsoir"]


def test_an_expired_conversation_opens_a_new_one(widget: Widget, fake: FakeGateway) -> None:
    widget.open().ask("bonjour")
    expect(widget.replies).to_have_count(1)
    fake.conversations.clear()
    widget.page.reload()
    expect(widget.status).to_contain_text("une nouvelle commence")
    widget.ask("bonsoir")
    expect(widget.replies).to_have_count(1)
    assert widget.texts() == ["said bonsoir", HELLO]


def test_a_service_that_is_away_harms_nothing(widget: Widget) -> None:
    def away(route: Route) -> None:
        route.abort()

    widget.page.route(re.compile("/(api|widget)/"), away)
    widget.launcher.click()
    alert = widget.page.locator("guichet-widget").get_by_role("alert")
    expect(alert).to_contain_text("pas disponible")
    expect(widget.launcher).to_be_visible()
    expect(widget.page.get_by_role("heading", name="Bienvenue à Valbourg")).to_be_visible()
    widget.page.unroute(re.compile("/(api|widget)/"))


def test_a_service_that_comes_back_after_the_first_message(widget: Widget, fake: FakeGateway) -> None:
    widget.open()
    api = re.compile("/api/web/conversations")
    widget.page.route(api, lambda route: route.abort())
    widget.ask("bonjour")
    expect(widget.said.get_by_text("partira dès que la connexion revient")).to_be_visible()
    widget.page.unroute(api)
    expect(widget.replies).to_have_count(1)
    assert fake.said == ["bonjour"]
