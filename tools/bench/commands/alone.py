"""``./guichet bench index|traffic|insights|stored|console``: benchmarks without a running service."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from cli.progress import reporter
from core.settings import Settings
from tools.bench import index, insights, stored
from tools.bench.commands.options import Into, Json, Quick
from tools.bench.commands.reports import machine, show
from tools.bench.console import claims_seen

_MESSAGES = 1_000_000


def of_index(
    quick: Quick = False,
    as_json: Json = False,
    entries: Annotated[int, typer.Option(min=0, help="Synthetic entries; 0: the active index.")] = 0,
) -> None:
    """The index on one core: time and recall, of the active one or of a larger."""
    settings = Settings()
    _show("index", settings, index.measure(settings, entries, 60 if quick else 300, reporter("bench index")), as_json)


def traffic(
    as_json: Json = False,
    messages: Annotated[int, typer.Option(min=100, help="Messages of the year.")] = _MESSAGES,
    into: Into = "",
) -> None:
    """Write a seeded year of messages into a record."""
    settings = Settings()
    _show("traffic", settings, insights.write_traffic(settings, messages, into), as_json)


def pages_of_insights(quick: Quick = False, as_json: Json = False, into: Into = "") -> None:
    """Every page of insights over the year that bench traffic wrote."""
    settings = Settings()
    _show("insights", settings, insights.measure_pages(settings, into, 3 if quick else 9), as_json)


def of_stored(
    quick: Quick = False,
    as_json: Json = False,
    messages: Annotated[int, typer.Option(min=100, help="Messages stored at most.")] = _MESSAGES,
    into: Into = "",
) -> None:
    """The record with more and more messages."""
    settings = Settings()
    _show("stored", settings, stored.measure(settings, into, messages, 50 if quick else 300), as_json)


def console(quick: Quick = False, as_json: Json = False, into: Into = "") -> None:
    """How soon 50 supervisors see each other's claims among 500 waiting citizens."""
    settings = Settings()
    seen = claims_seen(settings, supervisors=50, waiting=500, claims=40 if quick else 200, url=into)
    _show("console", settings, asyncio.run(seen), as_json)


def _show(what: str, settings: Settings, found: dict[str, Any], as_json: bool) -> None:
    show(what, settings, machine() | found, as_json)
