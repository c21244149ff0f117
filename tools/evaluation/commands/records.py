"""``./guichet eval record|compare-records``: finds replies that have changed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.language import Refusal, pick, say
from cli.progress import reporter
from cli.service_client import running_service
from core.settings import Settings
from tools.evaluation.records.comparison import Change, compare, count_parts, in_words, read_records
from tools.evaluation.records.recording import Recorded, as_lines
from tools.evaluation.records.recording import record as record_conversations
from tools.evaluation.records.selection import conversations


def record(out: Annotated[Path, typer.Argument(help="File to write: JSON lines, a turn each.")]) -> None:
    """Record the running service's replies to 600 messages and 40 dialogues of the project's own, on the web and by SMS."""
    if out.exists() or not out.parent.is_dir():
        raise Refusal(
            f"{out} existe déjà, ou son dossier n'existe pas : donnez un autre nom.",
            f"{out} exists already, or its folder does not: give another name.",
        )
    recorded = asyncio.run(_record(Settings()))
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    aside.write_text(as_lines(recorded), encoding="utf-8")
    aside.rename(out)
    say(f"{len(recorded)} réponses dans {out}.", f"{len(recorded)} replies in {out}.")


async def _record(settings: Settings) -> list[Recorded]:
    async with running_service(settings) as service:
        return await record_conversations(service, conversations(), reporter("eval record"))


def compare_records(
    before: Annotated[Path, typer.Argument(help="What eval record wrote before.")],
    after: Annotated[Path, typer.Argument(help="What it wrote after, of the same messages.")],
    *,
    misses: Annotated[int, typer.Option(min=0, help="Print so many differences side by side.")] = 0,
) -> None:
    """Compare two recordings: how many replies are the same, what differs, and how they read side by side."""
    first = read_records(before)
    changes = compare(first, read_records(after))
    console = Console()
    table = Table()
    table.add_column(pick("réponses", "replies"))
    table.add_column("n", justify="right")
    table.add_row(pick("les mêmes", "the same"), str(len(first) - len(changes)))
    table.add_row(pick("autres", "different"), str(len(changes)))
    for part, count in count_parts(changes).items():
        table.add_row(f"  {part}", str(count))
    console.print(table)
    _print(console, changes[:misses])


def _print(console: Console, changes: Sequence[Change]) -> None:
    for change in changes:
        channel, origin, name, turn, said = change.before.key
        console.print(f"\n{channel} {origin} {name} {turn} : {said}", markup=False, highlight=False)
        table = Table(expand=True)
        for heading in (pick("avant", "before"), pick("après", "after")):
            table.add_column(heading, ratio=1, overflow="fold")
        table.add_row(*(escape(in_words(side, change.parts)) for side in (change.before, change.after)))
        console.print(table, highlight=False)
