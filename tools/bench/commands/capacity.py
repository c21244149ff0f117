"""``./guichet bench capacity``: the needs of a number of messages, from a stored run. Needs no running service."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.language import Refusal, say
from core.settings import Settings
from tools.bench.capacity.assumptions import Assumptions, described, given
from tools.bench.capacity.figures import Figures, newest, read
from tools.bench.capacity.plan import NoPlan
from tools.bench.capacity.report import reckon, sizes
from tools.bench.capacity.tables import markdown
from tools.bench.commands.options import Json


def capacity(
    as_json: Json = False,
    messages_per_day: Annotated[float, typer.Option(min=0, max=10_000_000, help="0: a town, a city and a country.")] = 0,
    source: Annotated[Path | None, typer.Option("--from", help="A kept report of bench; else the newest.")] = None,
    assume: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE, a price or another assumption (docs/capacity.md).")
    ] = None,
    simulate: Annotated[int, typer.Option(min=0, help="Messages simulated of each size; 0: none.")] = 30_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 1,
) -> None:
    """Processes, machines and euros for so many messages, from a kept run."""
    settings = Settings()
    report = planned(settings, messages_per_day, source, assume or [], most=simulate, seed=seed)
    show_plans(settings, report, as_json=as_json)


def planned(
    settings: Settings, messages_a_day: float, source: Path | None, assume: Sequence[str], *, most: int, seed: int
) -> dict[str, Any]:
    """Returns the report. Raises ``Refusal`` if there is no stored run, an assumption cannot be read, or there is no plan."""
    figures = _figures(settings.home / "bench", source)
    own = Assumptions(
        sms_euros=settings.sms_segment_euros,
        pages_per_gateway=settings.limit_connections,
        worker_concurrency=settings.worker_concurrency,
        retention_days=settings.retention_days,
    )
    try:
        assumed = given(assume, own)
    except ValueError as error:
        known = "\n".join(f"  {name}={about}" for name, about in described().items())
        raise Refusal(
            f"--assume {error} ne se lit pas. Écrivez NOM=NOMBRE, avec un de ces noms :\n{known}",
            f"--assume {error} cannot be read. Write NAME=NUMBER, with one of these names:\n{known}",
        ) from error
    try:
        wanted = sizes(messages_a_day, assumed)
        return reckon(figures, wanted, assumed, most=most, seed=seed, report=_tell)
    except NoPlan as error:
        raise Refusal(
            "Un nœud de cette taille ne tient pas un processus de chaque sorte : donnez plus à node_gb ou à node_cores.",
            "A node of this size does not hold one process of each kind: give more to node_gb or node_cores.",
        ) from error


def show_plans(settings: Settings, report: dict[str, Any], *, as_json: bool) -> None:
    """Stores the report as JSON and Markdown, and prints one of them."""
    folder = settings.home / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-capacity.md"
    tables = markdown(report)
    page.write_text(tables, encoding="utf-8")
    page.with_suffix(".json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(json.dumps(report) if as_json else tables)
    say(f"Gardé, aussi en JSON : {page}", f"Kept, also as JSON: {page}")


def _figures(folder: Path, source: Path | None) -> Figures:
    file = source or newest(folder)
    if file is None:
        raise Refusal(
            f"Il n'y a pas encore de mesure dans {folder} : lancez d'abord ./guichet bench --quick.",
            f"There is no measurement in {folder} yet: run ./guichet bench --quick first.",
        )
    try:
        figures = read(file)
    except OSError as error:
        raise Refusal(f"{file} ne se lit pas : {error.strerror}.", f"{file} cannot be read: {error.strerror}.") from error
    if figures is None:
        raise Refusal(
            f"{file} n'est pas un rapport de ./guichet bench : donnez le fichier .json d'une mesure entière.",
            f"{file} is no report of ./guichet bench: give the .json file of a whole run.",
        )
    return figures


def _tell(messages: float) -> None:
    say(f"{messages:,.0f} messages par jour…", f"{messages:,.0f} messages a day…")
