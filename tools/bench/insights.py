"""``./guichet bench traffic``: counts a year of synthetic traffic; ``bench insights``: the time of each page on it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import func, select

from analytics.desk.insights import PAGES, part
from analytics.insights.job import CountingRules, refresh
from channels.gateway.app import create_app
from channels.gateway.composition import build
from cli.language import Refusal
from cli.progress import reporter
from conversations.signing import new_id
from core.database import Database
from core.database.migrate import upgrade_async
from core.database.models import InsightDay, Message
from core.identity import Role, accounts, sessions
from core.settings import Settings
from core.turns import Origin
from tools.bench.traffic import Year, load

_NARROWED = {"all": "", "no_answer": "outcome=no_answer", "rare_entry": "entry=T850", "theme_sms": "theme=Famille&channel=sms"}


def traffic_record(settings: Settings, into: str) -> str:
    """Returns the given database, else a separate one in the state folder."""
    return into or f"sqlite+aiosqlite:///{settings.home / 'bench' / 'traffic.db'}"


def measure_pages(settings: Settings, into: str, rounds: int) -> dict[str, Any]:
    """Returns the milliseconds of every page over all days of the traffic in ``into``, signed in, through the whole
    application.
    """
    return asyncio.run(_measure(settings.model_copy(update={"database_url": traffic_record(settings, into)}), rounds))


async def _measure(settings: Settings, rounds: int) -> dict[str, Any]:
    await upgrade_async(settings.sql_url)
    deps = build(settings)
    try:
        async with deps.database.read() as session:
            found = select(func.min(InsightDay.day), func.max(InsightDay.day)).where(InsightDay.origin == Origin.BENCH)
            first, last = (await session.execute(found)).one()
            messages = (await session.execute(select(func.count()).select_from(Message))).scalar_one()
        if first is None:
            raise Refusal("Lancez d'abord ./guichet bench traffic.", "Run ./guichet bench traffic first.")
        app = create_app(settings, deps, [part(settings, deps.database, deps.renderers["web"], origin=Origin.BENCH)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=settings.base_url, timeout=120) as client:
            client.headers = httpx.Headers(await _signed_in(settings, deps.database))
            report: dict[str, Any] = {"insights.messages": messages, "insights.sqlite": deps.database.is_sqlite}
            period = f"first={first}&last={last}"
            asked = {name: f"/desk/insights/{name}?{period}" for name in PAGES}
            asked |= {f"turns.{key}": f"/desk/insights/turns?{period}&{query}" for key, query in _NARROWED.items()}
            for name, address in asked.items():
                taken = [await _milliseconds(client, address) for _ in range(rounds)]
                report[f"insights.{name}_ms"] = {"first": taken[0], "median": sorted(taken)[rounds // 2], "most": max(taken)}
            return report
    finally:
        await deps.close()


async def _milliseconds(client: httpx.AsyncClient, address: str) -> float:
    started = time.perf_counter()
    (await client.get(address)).raise_for_status()
    return round((time.perf_counter() - started) * 1000, 1)


async def _signed_in(settings: Settings, database: Database) -> dict[str, str]:
    """Returns a session of an account that exists for the benchmark only, in its own database."""
    async with database.write() as session:
        email = f"{new_id()}@bench.invalid"
        row = await accounts.create(session, email=email, role=Role.READER, actor="bench", name="Bench")
        token = await sessions.open_session(session, row.id, device="bench")
    return {"Cookie": f"{'__Host-' if settings.base_url.startswith('https://') else ''}guichet-desk={token}"}


def write_traffic(settings: Settings, messages: int, into: str) -> dict[str, Any]:
    """Writes a year of traffic into ``into`` and counts it. Refuses a database with citizens' conversations."""
    url = traffic_record(settings, into)
    if url == settings.sql_url:
        raise Refusal(
            "C'est le registre du service : donnez-en un autre à --into.",
            "This is the service's own record: give another one to --into.",
        )
    started = time.perf_counter()
    written = load(url, Year(messages, datetime.now(UTC).date()), reporter("bench traffic"))
    loaded = time.perf_counter()
    days = asyncio.run(_count(url, settings))
    return {
        "traffic.messages": written,
        "traffic.load_s": round(loaded - started, 1),
        "traffic.days_counted": days,
        "traffic.count_s": round(time.perf_counter() - loaded, 1),
        "traffic.record": url,
    }


async def _count(url: str, settings: Settings) -> int:
    database = Database(url)
    try:
        return await refresh(database, CountingRules.of(settings, Origin.BENCH))
    finally:
        await database.close()
