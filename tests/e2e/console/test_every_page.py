"""Every page of the supervisors' and administrators' desk, with figures on it: axe, the keyboard, both languages, a tablet."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page
from sqlalchemy import select, update

from analytics.insights.job import CountingRules, refresh
from conversations.service_control.controls import set_control
from core.database.models import Conversation, Delivery, EditorTask, Reply, SmsLimited, SmsUsage
from core.identity import Role
from core.turns import Origin
from supervision.approvals.subjects import set_subject
from supervision.handoffs.teams import set_team
from supervision.review.sampling import draw
from tests.e2e.browser import NewContext
from tests.e2e.console.conftest import Service
from tests.e2e.web.widget import violations
from tools.bench.traffic import Year, load
from tools.bench.traffic.shape import ZONE

TODAY = datetime.now(UTC).astimezone(ZONE).date()
PAGES = (
    "conversations",
    "review",
    "tasks",
    "insights",
    *(f"insights/{name}" for name in ("subjects", "hours", "unanswered", "costs", "forecast", "turns")),
    "costs",
    "service",
    "teams",
    "validation",
    "staff",
)
# What the Tab key should reach. Of radio buttons it reaches one a group.
_REACHABLE = (
    ":is(a[href], button, input:not([type=hidden], [type=radio]), select, textarea, summary, [tabindex='0']):not([disabled])"
)


def test_every_page_by_axe_and_by_keyboard(running: Service, new_context: NewContext) -> None:
    _fill(running)
    staff = running.staff("Chef", Role.ADMINISTRATOR)
    conversation = running.run(_conversation(running))
    pages = (*PAGES, f"insights/conversations/{conversation}", f"staff/{staff.id}")
    found: list[str] = []
    for width, language in ((1280, "fr"), (820, "en")):
        context = new_context(viewport={"width": width, "height": 1000})
        context.add_cookies([running.cookie(staff)])  # type: ignore[list-item]
        page = context.new_page()
        for name in pages:
            answer = page.goto(f"{running.url}/desk/{name}?lang={language}")
            assert answer is not None
            assert answer.status == 200, name
            where = f"{name} {language} {width}"
            found += [f"{where}: {one}" for one in violations(page)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{where}: scrolls sideways")
            if width == 1280:
                found += [f"{name}: the Tab key does not reach {one}" for one in _not_reached(page)]
    assert not found, "\n".join(found)


def _not_reached(page: Page) -> list[str]:
    """What somebody with a mouse can use and somebody without cannot, or without seeing where they are."""
    wanted = page.locator(_REACHABLE).locator("visible=true")
    count = wanted.evaluate_all("all => (all.forEach((each, number) => each.dataset.stop = number), all.length)")
    page.evaluate("document.activeElement?.blur(), scrollTo(0, 0)")
    reached: dict[str, bool] = {}
    for _ in range(2 * count + 20):  # the parts of a date are stops within the same field
        if sum(seen for stop, seen in reached.items() if stop) == count:
            break
        page.keyboard.press("Tab")
        stop, seen = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.dataset.stop ?? '', s.outlineStyle !== 'none' || s.boxShadow !== 'none'] }"
        )
        reached[stop] = reached.get(stop, False) or seen  # the calendar's button in a date has a frame of its own
    missing = [number for number in range(count) if not reached.get(str(number))]
    return [page.locator(f"[data-stop='{number}']").evaluate("each => each.outerHTML.slice(0, 120)") for number in missing]


def _fill(running: Service) -> None:
    running.run(asyncio.to_thread(load, running.settings.sql_url, Year(messages=500, last=TODAY, days=10)))

    async def filled() -> None:
        async with running.database.write() as session:
            await session.execute(update(Conversation).values(origin=Origin.CITIZEN))
        await refresh(running.database, CountingRules(ZONE, origin=Origin.CITIZEN, segment_cost=500))
        await draw(running.database, TODAY - timedelta(days=3), zone=ZONE, size=4)
        async with running.database.write() as session:
            reply = await session.scalar(select(Reply.id).limit(1))
            session.add(EditorTask(kind="outdated", entry="F1", reply_id=reply, note="Le prix a changé", created_by="chef"))
        async with running.database.write() as session:
            session.add(
                SmsUsage(day=TODAY, provider="twilio", origin="citizen", received=9, messages=8, segments=20, cost=9_000)
            )
            session.add(SmsLimited(day=TODAY, reason="loop", origin="citizen", messages=7))
            for part, (status, error) in enumerate((("uncertain", "lost"), ("failed", "20003"), ("failed", "30003")), 1):
                sent = {"seq": 1_000 + part, "reply_id": reply, "part": part, "text": "", "provider": "twilio"}
                session.add(Delivery(**sent, status=status, error=error))
        async with running.database.write() as session:
            await set_team(session, "logement", themes=["Logement"], languages=["fr"], actor="chef")
        async with running.database.write() as session:
            await set_subject(session, "Logement", 10, actor="chef")
        async with running.database.write() as session:
            await set_control(session, "banner", text_fr="Fermé lundi.", text_en="", actor="chef")

    running.run(filled())


async def _conversation(running: Service) -> str:
    async with running.database.read() as session:
        return str(await session.scalar(select(Reply.conversation_id).where(Reply.entry != "").limit(1)))
