"""``./guichet bench all|search|sms|sockets|publish``: latency and throughput of the running service."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import httpx
import typer

from cli.language import not_running, say
from cli.refusals import refusal_of
from core.settings import ROOT, Settings
from retrieval.evaluation.runs import write_published
from retrieval.snapshots.folder import SnapshotUnusable
from tools.bench import alternatives, energy, publishing, runs, sockets
from tools.bench.commands.options import Json, PerSecond, Quick
from tools.bench.commands.reports import machine, running, running_with_simulator, show
from tools.bench.sms import acknowledgement

_QUESTIONS = ROOT / "tests" / "evaluation" / "questions" / "service_public.jsonl"
_PATIENCE_SECONDS = 900


def everything(quick: Quick = False, as_json: Json = False) -> None:
    """A search, the engine alone, whole turns, a long conversation, throughput and memory; quick: within three minutes."""
    settings = running()
    show("all", settings, asyncio.run(_measure(settings, quick)), as_json)


def search(
    quick: Quick = False,
    as_json: Json = False,
    response_selector: Annotated[
        bool, typer.Option("--response-selector", help="Beside Rasa's ResponseSelector too, trained and kept.")
    ] = False,
    minutes: Annotated[
        float, typer.Option(min=0, max=600, help="Of training for --response-selector, earlier ones counted.")
    ] = 60,
) -> None:
    """The search beside plain BM25 and plain vectors, on the project's own questions."""
    settings = running()
    try:
        found = alternatives.compare(settings, _QUESTIONS, 60 if quick else 1000, minutes if response_selector else None)
    except SnapshotUnusable as error:
        raise refusal_of(error) from error
    except httpx.TransportError as error:
        raise not_running(settings.own_url) from error
    show("search", settings, machine() | found, as_json)


def sms(quick: Quick = False, as_json: Json = False, per_second: PerSecond = 50) -> None:
    """Webhooks of SMS under load: acknowledged, and answered."""
    settings = running_with_simulator("sms")
    measured = acknowledgement(settings, per_second=per_second, seconds=10 if quick else 30)
    show("sms", settings, machine() | asyncio.run(measured), as_json)


def open_pages(
    quick: Quick = False,
    as_json: Json = False,
    per_second: PerSecond = 200,
    count: Annotated[int, typer.Option("--sockets", min=100, help="How many pages are open.")] = 2000,
) -> None:
    """Many open pages: memory a page, messages under load, all connected again at once."""
    settings = running()
    seconds = 5 if quick else 30
    measured = sockets.measure(settings, sockets=count, per_second=per_second, seconds=seconds, patience=_PATIENCE_SECONDS)
    found = asyncio.run(measured)
    show("sockets", settings, machine() | found, as_json)


def publish(
    quick: Quick = False,
    as_json: Json = False,
    page: Annotated[str, typer.Option(help="collection/id of an entry that nobody works on.")] = publishing.PAGE,
) -> None:
    """From an editor's change to the citizen's reply."""
    settings = running()
    found = publishing.until_seen(settings, page, 1 if quick else 5)
    show("publish", settings, machine() | found, as_json)


async def _measure(settings: Settings, quick: bool) -> dict[str, Any]:
    count = 60 if quick else 300
    report = machine()
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
    figures = {"cpu_s": report["turn.web.cpu_s"], "joules": report["turn.web.joules"]}
    estimated = {} if report["turn.web.joules_by"] == energy.RAPL else {"watts_a_core": energy.WATTS_A_CORE}
    write_published(settings.home, "energy", {"measured_at": report["at"], "questions": count, "figures": figures | estimated})
    return report
