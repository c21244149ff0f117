"""``./guichet bench``: how fast, how many, how much memory. Times from one machine mean little: compare within a run."""

from __future__ import annotations

import asyncio
import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from channels.sms.simulator.account import is_offered
from cli.language import Refusal, not_running, pick, say
from cli.progress import reporter
from cli.refusals import refused
from cli.supervision import Supervisor
from core.settings import ROOT, Settings
from retrieval.snapshots import SnapshotUnusable
from tools.bench import alternatives, index, insights, processor, publishing, runs, sockets, stored
from tools.bench.commands.capacity import planned, show_plans
from tools.bench.console import claims_seen
from tools.bench.faults.fault import Fault
from tools.bench.faults.measuring import chosen, known_faults, seen_of
from tools.bench.faults.table import table_of
from tools.bench.kills import killed
from tools.bench.profile import profiled
from tools.bench.report import write
from tools.bench.rolling import rolled
from tools.bench.sms import acknowledgement
from tools.bench.starting import started
from tools.bench.widget import on_a_telephone

_QUESTIONS = ROOT / "tests" / "evaluation" / "questions" / "service_public.jsonl"
_OBSERVED = ("profile", "start", "widget")
_ON_SERVICE = ("all", "search", "sms", "publish", "kills", "rolling", "faults", "sockets", *_OBSERVED)
_KINDS = (*_ON_SERVICE, "index", "traffic", "insights", "stored", "console", "capacity")


def bench(
    what: Annotated[
        str,
        typer.Argument(
            help="all; search: beside plain BM25 and vectors; sms: webhooks under load; kills, rolling: every process killed, "
            "replaced, under load; faults: what citizens see of each; index: one core; publish: from the desk to citizens; "
            "traffic, insights: a year, its pages; stored: the record with more and more messages; "
            "console: claims; sockets: 2,000 open pages; profile: flame graphs under load; start: first turns after a start; "
            "widget: on a slow telephone; capacity: processes, machines and euros for so many messages, from a kept run."
        ),
    ] = "all",
    quick: Annotated[bool, typer.Option("--quick", help="Within three minutes; bench faults: ten.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    entries: Annotated[int, typer.Option(min=0, help="bench index: synthetic entries; 0: the active index.")] = 0,
    per_second: Annotated[
        int, typer.Option(min=0, help="bench sms, sockets, rolling, faults: messages a second; 0: 50, 200, 30, 4.")
    ] = 0,
    open_pages: Annotated[int, typer.Option("--sockets", min=100, help="bench sockets: how many are open.")] = 2000,
    rounds: Annotated[int, typer.Option(min=0, help="bench kills: times that each process is killed; 0: 20.")] = 0,
    only: Annotated[str, typer.Option(help="bench faults: names, separated by commas; empty: all.")] = "",
    messages: Annotated[int, typer.Option(min=100, help="bench traffic: of the year; bench stored: at most.")] = 1_000_000,
    into: Annotated[
        str, typer.Option(help="bench traffic, stored: SQLAlchemy URL; empty: a record of its own in the state folder.")
    ] = "",
    page: Annotated[str, typer.Option(help="bench publish: collection/id of an entry that nobody works on.")] = publishing.PAGE,
    messages_per_day: Annotated[
        float, typer.Option(min=0, max=10_000_000, help="bench capacity: 0: a town, a city and a country.")
    ] = 0,
    source: Annotated[Path | None, typer.Option("--from", help="bench capacity: a kept report; else the newest.")] = None,
    assume: Annotated[
        list[str] | None, typer.Option(help="bench capacity: NAME=VALUE, a price or another assumption (docs/capacity.md).")
    ] = None,
    response_selector: Annotated[
        bool, typer.Option("--response-selector", help="bench search: beside Rasa's ResponseSelector too, trained and kept.")
    ] = False,
    minutes: Annotated[
        float, typer.Option(min=0, max=600, help="bench search --response-selector: of training, earlier ones counted.")
    ] = 60,
    simulate: Annotated[int, typer.Option(min=0, help="bench capacity: messages simulated of each size; 0: none.")] = 30_000,
    seed: Annotated[int, typer.Option(min=0, help="bench capacity: of the simulation.")] = 1,
) -> None:
    """Measure the running service, and keep the report in the state folder."""
    settings = Settings()
    if what == "capacity":
        found = planned(settings, messages_per_day, source, assume or [], most=simulate, seed=seed)
        show_plans(settings, found, as_json=as_json)
        return
    if what in ("index", "insights", "traffic", "stored", "console"):
        found = _measure_alone(what, settings, quick, entries=entries, messages=messages, into=into)
        _show(what, settings, _machine() | found, as_json)
        return
    if not Supervisor(settings.home).running():
        raise Refusal("Le service ne fonctionne pas : lancez ./guichet up.", "The service is not running: run ./guichet up.")
    if what not in _ON_SERVICE:
        raise Refusal(
            f"Rien ne s'appelle « {what} » : {', '.join(_KINDS[:-1])} ou {_KINDS[-1]}.",
            f"Nothing is called '{what}': {', '.join(_KINDS[:-1])} or {_KINDS[-1]}.",
        )
    if what in _OBSERVED:
        _show(what, settings, _machine() | _observe(what, settings, quick), as_json)
        return
    if what in ("search", "publish", "sockets"):
        if what == "sockets":
            found = asyncio.run(_measure_sockets(settings, quick, open_pages, per_second or 200))
        else:
            training = minutes if response_selector else None
            found = (
                _compare(settings, quick, training)
                if what == "search"
                else publishing.until_seen(settings, page, 1 if quick else 5)
            )
        _show(what, settings, _machine() | found, as_json)
        return
    if what in ("sms", "kills", "rolling", "faults") and not is_offered(settings):
        raise Refusal(
            f"bench {what} passe par le simulateur : réglez GUICHET_SMS_PROVIDER=simulator.",
            f"bench {what} goes through the simulator: set GUICHET_SMS_PROVIDER=simulator.",
        )
    if what == "faults":
        _show_faults(settings, chosen(known_faults(settings, quick=quick), only), per_second or 4, as_json)
        return
    if what in ("kills", "rolling"):
        measured = (
            rolled(settings, per_second=per_second or 30)
            if what == "rolling"
            else killed(settings, rounds=rounds or (2 if quick else 20), without_redis=10 if quick else 60)
        )
        _show(what, settings, _machine() | asyncio.run(measured), as_json)
        return
    report = asyncio.run(_measure_sms(settings, quick, per_second or 50) if what == "sms" else _measure(settings, quick))
    _show(what, settings, report, as_json)


def _measure_alone(what: str, settings: Settings, quick: bool, *, entries: int, messages: int, into: str) -> dict[str, Any]:
    """What needs no running service."""
    if what == "index":
        return index.measure(settings, entries, 60 if quick else 300, reporter("bench index"))
    if what == "insights":
        return insights.measure_pages(settings, into, 3 if quick else 9)
    if what == "stored":
        return stored.measure(settings, into, messages, 50 if quick else 300)
    if what == "console":
        return asyncio.run(claims_seen(settings, supervisors=50, waiting=500, claims=40 if quick else 200, url=into))
    return insights.write_traffic(settings, messages, into)


def _observe(what: str, settings: Settings, quick: bool) -> dict[str, Any]:
    if what == "start":
        return started(settings, 20 if quick else 60)
    if what == "widget":
        return on_a_telephone(settings, 3 if quick else 9)
    folder = settings.home / "bench" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-profile"
    folder.mkdir(parents=True)
    return asyncio.run(profiled(settings, folder, 5 if quick else 20))


def _compare(settings: Settings, quick: bool, training: float | None) -> dict[str, Any]:
    """``training``: minutes that Rasa's ResponseSelector has to learn; without, it is left out."""
    try:
        return alternatives.compare(settings, _QUESTIONS, 60 if quick else 1000, training)
    except SnapshotUnusable as error:
        raise refused(error) from error
    except httpx.TransportError as error:
        raise not_running(settings.own_url) from error


def _show_faults(settings: Settings, faults: Sequence[Fault], per_second: int, as_json: bool) -> None:
    seen = asyncio.run(seen_of(settings, faults, per_second, lambda name: say(f"  {name}…", f"  {name}…")))
    _show("faults", settings, _machine() | {f"faults.{name}": row for name, row in seen.items()}, as_json, table_of(seen))


def _show(what: str, settings: Settings, report: dict[str, Any], as_json: bool, shown: Table | None = None) -> None:
    """``shown``: the table to print instead of one of all measures."""
    title = f"./guichet bench {what}"
    page = write(settings.home / "bench", f"{datetime.now(UTC):%Y%m%d-%H%M%S}", title, report)
    if as_json:
        print(json.dumps(report))
        return
    if shown is None:
        shown = Table(title=title, title_justify="left")
        shown.add_column(pick("mesure", "measure"))
        shown.add_column(pick("valeur", "value"), justify="right")
        for name, value in report.items():
            shown.add_row(name, json.dumps(value) if isinstance(value, dict) else str(value))
    Console().print(shown)
    say(f"Le rapport, aussi en Markdown et en JSON : {page}", f"The report, also as Markdown and JSON: {page}")


async def _measure_sms(settings: Settings, quick: bool, per_second: int) -> dict[str, Any]:
    return _machine() | await acknowledgement(settings, per_second=per_second, seconds=10 if quick else 30)


async def _measure_sockets(settings: Settings, quick: bool, count: int, per_second: int) -> dict[str, Any]:
    return await sockets.measure(settings, sockets=count, per_second=per_second, seconds=5 if quick else 30, patience=900)


def _machine() -> dict[str, Any]:
    load = os.getloadavg()[0]
    return {
        "machine": ", ".join(filter(None, (platform.machine(), platform.system(), processor.model()))),
        "cores": os.cpu_count() or 1,
        "at": f"{datetime.now(UTC):%FT%TZ}",
        "load": round(load, 1),
    }


async def _measure(settings: Settings, quick: bool) -> dict[str, Any]:
    count = 60 if quick else 300
    report = _machine()
    say("Recherche…", "Search…")
    report |= await runs.search_latency(settings, count)
    say("Rasa seul…", "Rasa alone…")
    report |= await runs.rasa_latency(settings, count)
    say("Tours entiers…", "Whole turns…")
    report |= await runs.turn_latency(settings, count)
    report["turn.floor_ms"] = round(report["rasa.p50_ms"] + report["search.p50_ms"], 1)
    report["turn.web.p50_to_floor"] = round(report["turn.web.p50_ms"] / report["turn.floor_ms"], 2)
    say("Une longue conversation…", "One long conversation…")
    report |= await runs.conversation_growth(settings, 60 if quick else 200)
    say("Débit…", "Throughput…")
    report |= await runs.throughput(settings, 15 if quick else 60, citizens=16)
    report |= runs.memory(settings)
    return report
