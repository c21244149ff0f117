"""``./guichet bench kills|rolling|faults|sets``: losses while processes or machines of the service die, or are replaced."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from cli.language import say
from core.settings import Settings
from tools.bench.commands.options import Json, PerSecond, Quick
from tools.bench.commands.reports import machine, running_with_simulator, show
from tools.bench.faults.measuring import chosen, known_faults, seen_of
from tools.bench.faults.table import SETS_COLUMNS, table_of
from tools.bench.kills import killed
from tools.bench.rolling import rolled
from tools.bench.sets import running
from tools.bench.sets.trials import chosen as chosen_trials


def kills(
    quick: Quick = False,
    as_json: Json = False,
    rounds: Annotated[int, typer.Option(min=0, help="Times that each process is killed; 0: 20, quick 2.")] = 0,
) -> None:
    """Every process killed again and again under load, then Redis away: lost, answered twice, late."""
    settings = running_with_simulator("kills")
    measured = killed(settings, rounds=rounds or (2 if quick else 20), without_redis=10 if quick else 60)
    show("kills", settings, machine() | asyncio.run(measured), as_json)


def rolling(as_json: Json = False, per_second: PerSecond = 30) -> None:
    """Every process replaced by a new one under load."""
    settings = running_with_simulator("rolling")
    show("rolling", settings, machine() | asyncio.run(rolled(settings, per_second=per_second)), as_json)


def faults(
    quick: Quick = False,
    as_json: Json = False,
    per_second: PerSecond = 4,
    only: Annotated[str, typer.Option(help="Names of faults, separated by commas; empty: all.")] = "",
) -> None:
    """What citizens see of each fault, one after another; quick: ten minutes."""
    settings = running_with_simulator("faults")
    wanted = chosen(known_faults(settings, quick=quick), only)
    seen = asyncio.run(seen_of(settings, wanted, per_second, lambda name: say(f"  {name}…", f"  {name}…")))
    rows = {f"faults.{name}": row for name, row in seen.items()}
    show("faults", settings, machine() | rows, as_json, table_of(seen))


def sets(
    as_json: Json = False,
    per_second: PerSecond = 3,
    only: Annotated[str, typer.Option(help="Names of faults, separated by commas; empty: all.")] = "",
) -> None:
    """Two sets on one PostgreSQL and one Valkey, in network namespaces of this machine (root): one dies, is cut off …"""
    settings, names = Settings(), chosen_trials(only)
    seen = running.measured(settings, names, per_second, lambda name: say(f"  {name}…", f"  {name}…"))
    rows = {f"sets.{name}": row for name, row in seen.items()}
    show("sets", settings, machine() | rows, as_json, table_of(seen, "sets", SETS_COLUMNS))
