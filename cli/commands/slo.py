"""``./guichet slo``: measures the service level objectives."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError

from analytics.service_levels import WINDOW_DAYS, Level, service_levels
from cli.database import run_on_database
from cli.language import Refusal, pick, sentence
from cli.options import Json
from cli.tables import add_columns
from core.settings import Settings

_NAMES = {
    "answered_by_engine": ("Réponse du moteur (pas de secours)", "Answered by the engine (no fallback)"),
    "web_within_1_s": ("Site : en une seconde", "Website: within a second"),
    "sms_within_10_s": ("SMS : en dix secondes", "SMS: within ten seconds"),
    "nothing_lost": ("Aucun message sans suite", "No message left without an outcome"),
}


def slo(
    days: Annotated[int, typer.Option(min=1, max=366, help="Over so many days (the record may hold less).")] = WINDOW_DAYS,
    as_json: Json = False,
) -> None:
    """Compute the service levels from the record. Exit code 1 where an objective is missed."""
    try:
        levels = run_on_database(Settings().sql_url, lambda database: service_levels(database, days=days))
    except DBAPIError as error:
        raise Refusal(*sentence("record_silent")) from error
    if as_json:
        rows = [
            {**asdict(level), "reached": level.reached, "met": level.met, "budget_left": round(level.budget_left, 4)}
            for level in levels
        ]
        print(json.dumps({"days": days, "levels": rows}))
    else:
        _print(levels)
    raise typer.Exit(0 if all(level.met for level in levels) else 1)


def _print(levels: list[Level]) -> None:
    table = Table(box=None)
    add_columns(table, "objectif|promis|tenu|sur|marge restante", "objective|promised|kept|of|budget left")
    for level in levels:
        style = "" if level.met else "red"
        reached = "—" if level.reached is None else f"{level.reached:.2%}"
        left = "—" if level.reached is None else f"{level.budget_left:.0%}"
        table.add_row(pick(*_NAMES[level.name]), f"{level.objective:.1%}", reached, str(level.total), left, style=style)
    Console().print(table)
