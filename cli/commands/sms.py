"""``./guichet sms``: the cost of answers by SMS, the money spent, and messages with a delivery problem."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from channels.sms.composition import sms_renderer
from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.sms import usage
from cli.sms.first_messages import Compiled, Summary, compile_entries, summary
from cli.tables import add_columns, print_table
from conversations.wording import Wording
from core.entry import Entry
from core.settings import ROOT, Settings
from knowledge_base.entries.store import published

app = typer.Typer(no_args_is_help=True)

_MODES = {"degraded": False, "kept": True}


@app.command()
def price(
    as_json: Json = False,
    entries: Annotated[bool, typer.Option("--entries", help="With --json: every entry's first SMS too.")] = False,
) -> None:
    """Every published entry as its first SMS: segments, alphabet and price, with accents replaced and with accents kept."""
    settings = Settings()
    found = run_on_database(settings.sql_url, lambda database: published(database, settings.collection or None))
    if not found:
        raise Refusal(*sentence("nothing_published"))
    compiled = {name: _compile(settings.model_copy(update={"sms_keep_accents": keep}), found) for name, keep in _MODES.items()}
    reports = {name: summary(of_mode, segment_euros=settings.sms_segment_euros) for name, of_mode in compiled.items()}
    if as_json:
        report: dict[str, object] = {name: of_mode.as_dict() for name, of_mode in reports.items()}
        if entries:
            present = compiled["kept" if settings.sms_keep_accents else "degraded"]
            report["first_parts"] = [
                {"entry": one.entry, "segments": one.segments, "parts": one.parts, "gsm7": one.gsm7, "text": one.text}
                for one in present
            ]
        print(json.dumps(report, ensure_ascii=False))
        return
    Console().print(_table(reports))


@app.command()
def costs(
    days: Annotated[int, typer.Option(min=1, help="How many days, today included.")] = 30,
    as_json: Json = False,
) -> None:
    """Messages, segments and euros by day and provider; the day's budget; the states of deliveries."""
    report = asyncio.run(usage.costs(Settings(), days))
    if as_json:
        print(json.dumps(report))
        return
    table = Table(title=pick("SMS par jour", "SMS by day"), title_justify="left")
    add_columns(table, "jour|opérateur|origine", "day|provider|origin")
    add_columns(table, "reçus|envoyés|segments|€", "received|sent|segments|€", justify="right")
    for day in report["days"]:
        table.add_row(*(str(value) for value in list(day.values())[:-1]), f"{day['euros']:.2f}")
    Console().print(table)
    most = report["budget_segments_per_day"] or pick("sans limite", "no limit")
    say(*sentence("sms_costs", report=report, most=most))
    states = _counts(report["deliveries"])
    say(f"Envois : {states}.", f"Deliveries: {states}.")
    limited = Counter[str]()
    for counts in report["limited"].values():
        limited.update(counts)
    shown = _counts(limited)
    say(f"En trop, sans réponse (/desk/costs) : {shown}.", f"Beyond a limit (/desk/costs): {shown}.")


@app.command()
def deliveries(
    status: Annotated[list[str] | None, typer.Option(help="uncertain, failed, expired, queued, sent …")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: Json = False,
) -> None:
    """Messages whose fate is unknown (a worker died while the provider took them), or that did not go out."""
    found = asyncio.run(usage.problem_deliveries(Settings(), status or ["uncertain", "failed", "expired"], limit))
    if as_json:
        print(json.dumps(found))
        return
    heads = "conversation|état|opérateur|erreur|essais|le", "conversation|status|provider|error|attempts|at"
    print_table(heads, (one.values() for one in found), title=pick("Envois à regarder", "Deliveries to look at"))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "0"


def _compile(settings: Settings, entries: list[Entry]) -> list[Compiled]:
    wording = Wording.load(ROOT / "domain.yml").filled_from(settings)
    return compile_entries(
        entries,
        sms_renderer(settings, wording),
        wording,
        old_after_months=settings.verified_months,
    )


def _table(reports: dict[str, Summary]) -> Table:
    table = Table(title=pick("Réponses par SMS", "Answers by SMS"), title_justify="left")
    table.add_column("")
    add_columns(table, "accents remplacés|accents gardés", "accents replaced|accents kept", justify="right")
    lines: dict[str, Callable[[Summary], str]] = {
        pick("fiches", "entries"): lambda one: str(one.entries),
        pick("segments du premier SMS, en moyenne", "segments of the first SMS, mean"): lambda one: f"{one.mean_segments:.2f}",
        pick("segments du premier SMS, au plus", "segments of the first SMS, most"): lambda one: str(one.most_segments),
        pick("en GSM-7", "in GSM-7"): lambda one: f"{100 * one.gsm7_share:.1f} %",
        pick("prix du premier SMS, en moyenne", "price of the first SMS, mean"): lambda one: f"{one.euros:.3f} €",
        pick("parties jusqu'au bout (SUITE)", "parts to the end (SUITE)"): lambda one: f"{one.mean_parts:.2f}",
        pick("segments jusqu'au bout", "segments to the end"): lambda one: f"{one.mean_all_segments:.2f}",
        pick("mots coupés", "words cut"): lambda one: str(one.words_cut),
        pick("liens coupés", "links cut"): lambda one: str(one.links_cut),
    }
    for label, value in lines.items():
        table.add_row(label, *(value(reports[name]) for name in _MODES))
    return table
