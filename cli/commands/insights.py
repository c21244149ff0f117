"""``./guichet insights``: the figures of the service, directly from the database (the gateway need not run)."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from analytics.insights import export as exporting
from analytics.insights.figures import Kind
from analytics.insights.forecast import Backtest
from analytics.insights.job import CountingRules, refresh
from analytics.insights.themes import load_catalogue
from analytics.insights.volume_forecast import forecast_errors, forecast_volume
from analytics.open_data.release import Releases, write
from cli.database import run_on_ready_database
from cli.language import Refusal, say, sentence
from cli.options import Json
from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.settings import Settings
from core.turns import Origin

app = typer.Typer(no_args_is_help=True)
Record = Annotated[str, typer.Option("--record", help="Another record: a SQLAlchemy URL (bench traffic prints one).")]
_WHAT = {"messages": Kind.TURNS, "handoffs": Kind.HANDOFFS}


@app.callback()
def insights() -> None:
    """Count, forecast and export the figures of the service."""


@app.command()
def count() -> None:
    """Count the days that are still open."""
    settings = Settings()
    days = run_on_ready_database(settings.sql_url, lambda database: refresh(database, CountingRules.of(settings)))
    say(f"Jours comptés : {days}.", f"Days counted: {days}.")


@app.command()
def forecast(
    what: Annotated[str, typer.Argument(help="messages, or handoffs: requests for a human.")] = "messages",
    measure: Annotated[
        bool, typer.Option("--measure", help="How it did on held-out weeks, beside last week's figure.")
    ] = False,
    record: Record = "",
    as_json: Json = False,
) -> None:
    """The four weeks to come, day by day."""
    if what not in _WHAT:
        raise Refusal(*sentence("unknown_forecast", what=what))
    settings, kind = Settings(), _WHAT[what]
    today = local_day(now(), settings.opening.zone)
    origin = Origin.BENCH if record else Origin.CITIZEN
    if measure:

        async def measure_each(database: Database) -> dict[int, Backtest]:
            found = {n: await forecast_errors(database, settings, kind, today, weeks=n, origin=origin) for n in (1, 2, 4)}
            return {n: one for n, one in found.items() if one is not None}

        known = {n: asdict(one) for n, one in run_on_ready_database(record or settings.sql_url, measure_each).items()}
        _refuse_unless(known)
        _show(["weeks_ahead", *next(iter(known.values()))], [[weeks, *one.values()] for weeks, one in known.items()], as_json)
        return
    days = run_on_ready_database(
        record or settings.sql_url, lambda database: forecast_volume(database, settings, kind, today, origin=origin)
    )
    _refuse_unless(days)
    _show(
        ["day", "low", "middle", "high", "holiday"],
        [[day.day.isoformat(), round(day.low), round(day.middle), round(day.high), day.holiday] for day in days],
        as_json,
    )


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A file that ends in .csv or .parquet.")],
    days: Annotated[int, typer.Option(min=1, help="How many days, today included.")] = 30,
    office: Annotated[
        bool, typer.Option("--office", help="CSV for a French Excel or LibreOffice: ; and decimal commas.")
    ] = False,
    record: Record = "",
) -> None:
    """One row a conversation, without text or number."""
    if out.suffix not in (".csv", ".parquet"):
        raise Refusal("Le fichier doit finir par .csv ou .parquet.", "The file must end in .csv or .parquet.")
    if office and out.suffix != ".csv":
        raise Refusal("--office ne vaut que pour un fichier .csv.", "--office is for a .csv file only.")
    settings = Settings()
    zone = settings.opening.zone
    last = local_day(now(), zone)

    async def write(database: Database) -> int:
        rows = exporting.conversations(
            database,
            last - timedelta(days=days - 1),
            last,
            zone=zone,
            catalogue=await load_catalogue(database),
            origin=Origin.BENCH if record else Origin.CITIZEN,
        )
        if out.suffix == ".parquet":
            return await exporting.write_parquet(out, rows)
        return await exporting.write_csv(out, rows, french_zone=zone if office else None)

    written = run_on_ready_database(record or settings.sql_url, write)
    say(f"Conversations écrites dans {out} : {written}.", f"Conversations written to {out}: {written}.")


@app.command("open-data")
def open_data(
    out: Annotated[Path, typer.Option("--out", help="The folder to write into.")],
    record: Record = "",
) -> None:
    """Open data of every closed month, small cells left out."""
    settings, origin = Settings(), Origin.BENCH if record else Origin.CITIZEN
    files = run_on_ready_database(record or settings.sql_url, lambda database: write(Releases(database, settings, origin), out))
    for path in files:
        print(path)


def _refuse_unless(known: object) -> None:
    if not known:
        raise Refusal(*sentence("too_few_weeks"))


def _show(heads: list[str], rows: list[list[Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps([dict(zip(heads, row, strict=True)) for row in rows], default=_plain))
        return
    table = Table()
    for head in heads:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*(f"{value:.3f}" if isinstance(value, float) else str(value) for value in row))
    Console().print(table)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
