"""``./guichet insights``: what the service comes to, on the record itself (the gateway need not run)."""

from __future__ import annotations

import asyncio

import typer

from channels.insights.job import Counting, refresh
from cli.language import say
from core.database import Database
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def insights() -> None:
    """Ce que fait le service. What the service comes to."""


@app.command()
def count() -> None:
    """Compter les jours qui restent ouverts ; le worker le fait aussi. Count the days that are still open."""
    days = asyncio.run(_count(Settings()))
    say(f"Jours comptés : {days}.", f"Days counted: {days}.")


async def _count(settings: Settings) -> int:
    database = Database(settings.sql_url)
    try:
        return await refresh(database, Counting.of(settings))
    finally:
        await database.close()
