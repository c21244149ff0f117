"""Somebody who works on another page is called: the title, the menu, and the desktop where they asked for it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service
from tests.e2e.web.widget import Widget, violations

# The browser's own notifications cannot be looked at: what is handed to them can.
_ELSEWHERE = """
  window.called = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, options) { window.called.push([title, options.body]); }
    close() {}
  };
  document.hasFocus = () => false;
"""


def _somebody(running: Service, new_context: NewContext, name: str, path: str) -> Page:
    context = new_context()
    context.add_cookies([running.cookie(running.staff(name))])  # type: ignore[list-item]
    context.add_init_script(_ELSEWHERE)
    page = context.new_page()
    page.goto(running.url + path)
    return page


def _wait(running: Service, new_context: NewContext) -> Widget:
    citizen = Widget(new_context().new_page(), running.url).visit().open()
    citizen.ask("carte perdue").ask("humain")
    expect(citizen.replies).to_have_count(2)
    return citizen


def test_a_citizen_who_waits_calls_somebody_on_another_page_once(running: Service, new_context: NewContext) -> None:
    page = _somebody(running, new_context, "Anne", "/desk")
    expect(page.get_by_text("Rien n’attend votre décision")).to_be_visible()
    page.get_by_label("M’avertir sur le bureau").check()
    other = page.context.new_page()
    other.goto(f"{running.url}/desk/account")
    _wait(running, new_context)
    said = "Citoyens qui attendent une réponse\N{NO-BREAK SPACE}: 1"
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(other).to_have_title(re.compile(r"^\(1\) "))
    expect(page.get_by_role("navigation").get_by_role("link", name="Citoyens")).to_contain_text("1")
    for one in (page, other):  # whoever asks for the lock now has it after those who call
        one.evaluate("navigator.locks.request('guichet-desk:called', () => null)")
    both = [*page.evaluate("window.called"), *other.evaluate("window.called")]
    assert both == [["Guichet", said]], "once, whichever page calls, and without a word of the citizen's"
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("link", name="Citoyens qui attendent une réponse")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert page.evaluate("window.called") == [], "what was called out is not called out again"


def test_who_did_not_ask_for_it_is_not_called_on_the_desktop(running: Service, new_context: NewContext) -> None:
    page = _somebody(running, new_context, "Anne", "/desk/account")
    _wait(running, new_context)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert page.evaluate("window.called") == []
