"""From the button on the desk to the new text in a citizen's reply: an entry is published and rolled back, several times."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import numpy as np
import psutil

from cli.language import Refusal
from cli.supervisor import Supervisor
from core.database import Database
from core.database.models import EntryRow
from core.entry import Entry
from core.identity import Role, sessions
from core.identity.vault import Vault
from core.settings import Settings
from knowledge_base.editing.saving import save
from knowledge_base.editing.steps import Target, discard
from knowledge_base.entries.import_plan import PUBLISHED
from tools.bench.client import Citizen
from tools.pictures.desk_pictures import signed_in

PAGE = "service-public/F33805"  # it is first for its own title, and has no cases
_AT_MOST = 180.0  # seconds
_EVERY = 0.1
_REST = 8.0  # seconds between two rounds: the publisher asks the new snapshot meanwhile, as in practice


def until_seen(settings: Settings, page: str, times: int) -> dict[str, Any]:
    """Returns seconds from the desk's "publish at once" to a reply from the new revision, and from "undo" to one from the old
    revision.

    ``page`` is ``collection/id``. Its text does not change (the revision repeats its title as a wording), and the previous
    revision is published again afterwards. Raises ``Refusal``.
    """
    with signed_in(settings, Role.PUBLISHER, "bench") as cookie:
        return asyncio.run(_measure(settings, cookie, page, times))


async def _measure(settings: Settings, cookie: dict[str, str], page: str, times: int) -> dict[str, Any]:
    database = Database(settings.sql_url)
    found = await sessions.find(database, cookie["value"], settings)
    assert found is not None  # just opened
    headers = {
        "Cookie": f"{cookie['name']}={cookie['value']}",
        "X-CSRF-Token": Vault(settings.secret_key.get_secret_value()).form_token(found.row.id),
    }
    forth: list[float] = []
    back: list[float] = []
    gate: list[float] = []
    busy: list[float] = []
    try:
        async with httpx.AsyncClient(base_url=settings.own_url, headers=headers, timeout=30, trust_env=False) as http:
            for _ in range(times):
                change, title, published = await revised(database, page)
                started, worked = time.perf_counter(), _worked(settings)
                body = {"changes": [change], "reason": "bench", "at_once": True}
                name = await _asked(http, "/api/desk/publications", body)
                await _until_told(settings, http, name, title, change["version"])
                forth.append(time.perf_counter() - started)
                busy.append(_worked(settings) - worked)
                gate.append((await http.get(f"/api/desk/publications/{name}")).json()["report"]["seconds"])
                started = time.perf_counter()
                await _until_told(settings, http, await _asked(http, "/api/desk/rollback", None), title, published)
                back.append(time.perf_counter() - started)
                await _discarded(database, page)
                await asyncio.sleep(_REST)
            report = (await http.get(f"/api/desk/publications/{name}")).json()["report"]
    except BaseException:
        await _discarded(database, page)
        raise
    finally:
        await database.close()
    return {
        "publish.times": times,
        "publish.questions": report["golden"] + report["real"],
        **_spread(forth, "publish.seen"),
        **_spread(gate, "publish.gate"),
        **_spread(busy, "publish.cpu"),  # of the publisher, independent of other processes
        **_spread(back, "publish.back"),
    }


async def revised(database: Database, page: str) -> tuple[dict[str, Any], str, int]:
    """Returns the change that publishes a new revision of ``page``, its title, and the published version."""
    collection, _, name = page.partition("/")
    async with database.read() as session:
        row = await session.get(EntryRow, (collection, name))
    if row is None or row.status != PUBLISHED or row.stage:
        raise Refusal(
            f"La fiche {page} n'existe pas, ou quelqu'un y travaille : donnez-en une autre par --page.",
            f"The entry {page} does not exist, or somebody works on it: give another one by --page.",
        )
    entry = Entry.model_validate(row.content)
    revised = entry.model_copy(update={"wordings": (*entry.wordings, entry.title)})
    version = await save(database, revised, started_from=row.head, author="bench", reason="bench")
    return {"collection": collection, "entry": name, "version": version}, entry.title, row.version


async def _discarded(database: Database, page: str) -> None:
    """Discards the draft that a rollback leaves."""
    collection, _, name = page.partition("/")
    async with database.read() as session:
        row = await session.get_one(EntryRow, (collection, name))
    if row.stage:
        await discard(database, [Target(collection, name)], author="bench")


async def _asked(http: httpx.AsyncClient, path: str, body: dict[str, Any] | None) -> str:
    answer = await http.post(path, json=body)
    answer.raise_for_status()
    return str(answer.json()["id"])


async def _until_told(settings: Settings, http: httpx.AsyncClient, name: str, title: str, version: int) -> None:
    """Asks as a citizen until the reply comes from ``version``, the publication ``name`` is in force, or time is up."""
    deadline = time.perf_counter() + _AT_MOST
    async with Citizen(settings) as citizen:
        while time.perf_counter() < deadline:
            event, _ = await citizen.ask(title)
            if event["entry"] and event["entry_version"] == version:
                return
            state = (await http.get(f"/api/desk/publications/{name}")).json()
            if state["state"] in ("checked", "failed", "dropped"):
                raise Refusal(
                    f"La publication d'essai s'est arrêtée ({state['state']}) {state['error']}",
                    f"The publication stopped ({state['state']}) {state['error']}",
                )
            await asyncio.sleep(_EVERY)
    raise Refusal(
        f"Après {_AT_MOST:.0f} s, la réponse vient toujours d'une autre version : voyez ./guichet logs publisher.",
        f"After {_AT_MOST:.0f} s the reply is still made of another version: see ./guichet logs publisher.",
    )


def _worked(settings: Settings) -> float:
    """Returns the core seconds that the publisher has used since its start."""
    pid = next(one.pid for one in Supervisor(settings.home).states() if one.name == "publisher")
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _spread(seconds: list[float], name: str) -> dict[str, float]:
    return {f"{name}_s": round(float(np.median(seconds)), 1), f"{name}.max_s": round(max(seconds), 1)}
