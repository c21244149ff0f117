"""Payloads of script injection in all that people and files can write, looked at on every page in Chromium.

None may run, ask another host for anything, or leave a handler or a script address in a page. The record is filled directly,
so that what a form would refuse is tried too: the pages must not rely on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect

from conversations.record.opening import open_conversation
from conversations.signing import Signing
from core.database import Database
from core.database.models import (
    Collection,
    Conflict,
    Control,
    ConversationLabel,
    DemandCluster,
    EditorTask,
    EntryRow,
    Feedback,
    GoldenQuestion,
    Handoff,
    ImportTask,
    Message,
    Publication,
    Reply,
    SavedReply,
)
from core.entry import Case, Cases, Chapter, Entry, Link, TextBlock
from core.identity import Role
from core.turns import Origin
from knowledge_base.editing import rows as editing_rows
from knowledge_base.editing import saving
from supervision.handoffs.notes import write_note
from supervision.handoffs.teams import set_team
from tests.desk_support import make_staff
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service

PAYLOADS: list[str] = [
    text.replace("#)", f"{number})").replace("/#", f"/{number}")
    for number, text in enumerate(json.loads((Path(__file__).parent / "payloads.json").read_text()))
]
_WATCH = """window.ran = []; window.pwned = number => window.ran.push(number);
  for (const name of ["alert", "confirm", "prompt"]) window[name] = window.pwned;"""
# Handlers, addresses that run, and what loads from elsewhere, shadow roots included.
_SCAN = """() => {
  const found = [], runs = /^\\s*(javascript|vbscript|data:text)/i;
  const walk = root => root.querySelectorAll('*').forEach(element => {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on') || (/^(href|src|action|formaction|xlink:href|data|srcdoc)$/.test(name) && runs.test(value))
          || (/^(src|srcset|poster|srcdoc)$/.test(name) && value.includes('evil.example')))
        found.push(element.outerHTML.slice(0, 200));
    }
    if (element.shadowRoot) walk(element.shadowRoot);
  });
  walk(document);
  return found.concat(window.ran.map(number => `payload ${number} ran`));
}"""


@dataclass
class Watched:
    """A browser in which nothing may happen. ``elsewhere``: requests to other hosts; ``found``: by page, what is wrong."""

    context: BrowserContext
    elsewhere: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context.add_init_script(_WATCH)
        self.context.on("request", lambda request: self._requested(request.url))

    def _requested(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1" and not url.startswith("blob:"):
            self.elsewhere.append(url)

    def look(self, page: Page) -> None:
        page.mouse.move(400, 300)
        wrong: list[str] = page.evaluate(_SCAN)
        if wrong:
            self.found[page.url] = wrong


def test_the_watch_sees_what_it_is_for(browser: Browser) -> None:
    for part in ("<script>pwned", "<img src=x onerror=pwned", "<a href=javascript:", "<script src=//evil", "<style>@import"):
        watched = Watched(browser.new_context())
        watched.context.route("**/*", lambda route: route.abort())
        page = watched.context.new_page()
        page.set_content(next(payload for payload in PAYLOADS if payload.startswith(part)))
        watched.look(page)
        watched.context.close()
        assert watched.found or watched.elsewhere, part


def test_no_payload_runs_on_any_page(running: Service, new_context: NewContext) -> None:
    assert len(set(PAYLOADS)) >= 120
    web = running.run(_fill(running.database))
    admin = running.run(make_staff(running.database, Role.ADMINISTRATOR, name=PAYLOADS[18]))
    token = Signing(running.settings.secret_key.get_secret_value()).token(web)

    staff = Watched(new_context())
    staff.context.add_cookies([running.cookie(admin)])  # type: ignore[list-item]
    page = staff.context.new_page()
    for path in _desk_pages(running, web, admin.id):
        answer = page.goto(f"{running.url}/desk{path}")
        expected = 404 if path.startswith("/nowhere") else 503 if path.startswith("/try?") else 200  # no index to try on
        if answer is None or answer.status != expected:
            staff.found[path] = [f"answers {answer and answer.status}"]
        staff.look(page)
    _console(staff, page, running)

    citizen = Watched(new_context())
    page = citizen.context.new_page()
    _widget(citizen, page, running, token)
    _plain_pages(citizen, page, running, token)
    _simulator(citizen, page, running)
    assert staff.found | citizen.found == {}
    assert staff.elsewhere + citizen.elsewhere == []


def _desk_pages(running: Service, conversation: str, staff: str) -> Iterator[str]:
    yield from ("", "/account", "/collections", "/collections/local", "/conflicts", "/conversations", "/costs", "/demand")
    yield from ("/demand/1", "/entries", "/exchange", "/exchange/t1", "/golden", "/publications", "/publications/p1", "/review")
    yield from ("/service", "/staff", f"/staff/{staff}", "/tasks", "/teams", "/try", "/work", "/insights", "/insights/turns")
    yield from (f"/insights/{name}" for name in ("subjects", "hours", "unanswered", "costs", "forecast"))
    yield f"/insights/conversations/{conversation}"
    for number in range(6):
        for rest in ("", "/history", "/workflow"):
            yield f"/entries/local/F{number}{rest}"
    yield "/entries/local/F1/conflict"
    for payload in PAYLOADS[::24]:
        yield f"/entries?q={quote(payload)}"
        yield f"/try?q={quote('carte ' + payload)}"
        yield f"/nowhere/{quote(payload, safe='')}"


def _console(watched: Watched, page: Page, running: Service) -> None:
    page.goto(f"{running.url}/desk/conversations")
    page.locator(".row").first.click()
    expect(page.locator(".said.by-citizen").first).to_be_visible()
    for button in page.locator("details > summary").all():
        if button.is_visible():
            button.click()
    watched.look(page)


def _widget(watched: Watched, page: Page, running: Service, token: str) -> None:
    page.goto(f"{running.url}/demo")
    kept = {"token": token, "conversation": "x", "language": "fr", "outbox": [], "rated": {}}
    page.evaluate(
        "([key, kept]) => localStorage.setItem(key, JSON.stringify({...kept, at: Date.now()}))",
        [f"guichet:{running.url}", kept],
    )
    page.goto(f"{running.url}/demo")
    page.locator("guichet-widget .launcher").click()
    expect(page.locator("guichet-widget dialog .said")).to_have_count(len(PAYLOADS))
    watched.look(page)


def _plain_pages(watched: Watched, page: Page, running: Service, token: str) -> None:
    cookie = {"name": "guichet_conversation", "value": token, "url": f"{running.url}/assistant"}
    watched.context.add_cookies([cookie])  # type: ignore[list-item]
    for path in ("/assistant", "/", "/about", "/privacy", "/legal", "/accessibility"):
        page.goto(running.url + path)
        watched.look(page)
    page.goto(running.url + "/assistant")
    expect(page.locator("body")).to_contain_text("pwned(1)")
    for payload in PAYLOADS[::24]:
        page.goto(f"{running.url}/assistant?lang={quote(payload)}")
        watched.look(page)


def _simulator(watched: Watched, page: Page, running: Service) -> None:
    page.goto(f"{running.url}/simulator")
    box = page.get_by_label(re.compile("Votre SMS"))
    texts = [" ".join(PAYLOADS[start : start + 15]) for start in range(0, len(PAYLOADS), 15)]
    for text in texts:
        box.fill(text[:1500])
        page.keyboard.press("Enter")
        expect(page.locator(".sent, .out, li").filter(has_text="pwned(")).not_to_have_count(0)
        expect(box).to_have_value("")
    watched.look(page)


async def _fill(database: Database) -> str:
    """Payloads in every text of the record that a page shows; the id of a conversation that is made of them."""
    words = cycle(PAYLOADS)

    def some() -> str:
        return next(words)

    with patch.object(editing_rows, "unsafe", return_value=None):  # as if somebody had found a way past what saving refuses
        for number in range(6):
            await saving.save(database, _entry(number, some), started_from=0, author=some()[:120], reason=some())
    async with database.write() as session:
        session.add(Collection(name="local", title=some()))
        conversation = open_conversation(session, channel="web", language="fr", origin=Origin.CITIZEN)
        await session.flush()
        for number, payload in enumerate(PAYLOADS):
            key = f"m{number}"
            session.add(
                Message(id=key, conversation_id=conversation.id, external_id=key, dedup=key, text=payload, outcome="answered")
            )
            await session.flush()
            blocks = _blocks(payload)
            entry = {"entry": f"F{number % 6}", "entry_version": 1, "snapshot": "s1", "confidence": 0.4}
            session.add(
                Reply(
                    id=f"r{number}",
                    conversation_id=conversation.id,
                    in_reply_to=key,
                    outcome="answered",
                    blocks=blocks,
                    **entry,
                )
            )
            await session.flush()
            session.add(Feedback(reply_id=f"r{number}", useful=False, reason="other", comment=payload))
            if number < 10:
                session.add(EditorTask(kind="wording", entry="F1", reply_id=f"r{number}", note=payload, created_by=some()[:60]))
                session.add(ConversationLabel(conversation_id=conversation.id, label=payload[:40], author=some()[:60]))
                write_note(session, conversation.id, some()[:60], payload)
        row = {"id": "handoff1", "conversation_id": conversation.id, "kind": "chat", "state": "waiting", "reason": "asked"}
        session.add(Handoff(**row, subject=some(), best_time=some(), number_hint=some()[:20], team="sud"))
        session.add(SavedReply(id="s1", shortcut="bonjour", language="fr", text=some(), author=some()[:60]))
        for name in ("banner", "emergency"):
            session.add(Control(name=name, id=name, text_fr=some(), text_en=some(), author=some()[:60]))
        session.add(DemandCluster(name=some(), terms=[some(), some()], model="m", centroid=b"", assigned_to=some()))
        golden = {"id": "g1", "digest": "g1", "question": some(), "accepted": ["F1", some()], "heading": some()}
        session.add(GoldenQuestion(**golden, situation=some(), origin="editor", author=some()[:120]))
        plan = {"file": some() + ".csv", "collection": "local", "mapping": {}, "partial": False}
        session.add(ImportTask(id="t1", state="failed", plan=plan, report=None, author=some()[:120]))
        changes = [{"collection": "local", "entry_id": "F1", "version": 1, "before": None}]
        session.add(
            Publication(
                id="p1", kind="publish", state="failed", changes=changes, author=some()[:120], reason=some(), error=some()
            )
        )
        content = _entry(1, some).model_dump(mode="json")
        session.add(Conflict(collection="local", entry_id="F1", base=None, local=1, theirs=None, parts=[], proposal=content))
        await set_team(session, "sud", themes=[some()], languages=["fr"], actor="test")
        identifier = conversation.id
    async with database.write() as session:
        for number in range(6):
            row_ = await session.get_one(EntryRow, ("local", f"F{number}"))
            row_.owner = some()[:120]
    return identifier


def _blocks(payload: str) -> list[dict[str, Any]]:
    source = {"name": payload, "url": "https://exemple.fr/F1"}
    card = {"type": "answer", "text": payload, "entry": "F1", "entry_version": 1, "snapshot": "s1", "title": payload}
    card |= {
        "headings": [payload],
        "cases": [payload],
        "body": payload,
        "source": source,
        "notice": payload,
        "services": [source],
    }
    options = [{"label": payload, "payload": "/x"}]
    return [
        {"type": "text", "text": payload},
        card,
        {"type": "choices", "text": payload, "options": options},
        {"type": "notice", "text": payload},
    ]


def _entry(number: int, some: Any) -> Entry:
    case = Case(label=some(), body=(TextBlock(markdown=some()),))
    return Entry(
        id=f"F{number}",
        collection="local",
        title=some(),
        wordings=(some(), some()),
        description=some(),
        short_answer=some(),
        introduction="\n\n".join(some() for _ in range(8)),
        body=(
            Chapter(heading=some(), body=(TextBlock(markdown=some(), role="warning"),)),
            Cases(question=some(), cases=(case,)),
        ),
        easy_text=some(),
        sms_text=some(),
        theme=(some(),),
        audiences=(some(),),
        keywords=(some(),),
        source=some(),
        urls={"": "javascript:pwned(0)"},
        related=(Link(title=some(), url="javascript:pwned(0)"),),
        services=(Link(title=some(), url="javascript:pwned(0)"),),
    )
