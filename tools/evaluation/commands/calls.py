"""``./guichet eval calls``: how much code of ``actions/`` one question passes through."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.engine import open_engine
from cli.language import pick
from core.settings import Settings
from tools.evaluation.call_counts import count_calls


def calls(
    question: Annotated[str, typer.Argument(help="A first message.")],
    channel: Annotated[str, typer.Option(help="web or sms.")] = "web",
    each: Annotated[bool, typer.Option("--each", help="Each function, in the order of its first call.")] = False,
) -> None:
    """Calls of functions of actions/, and files, that it takes to answer QUESTION: how much is read to follow it."""
    settings = Settings()
    counts = count_calls(settings, open_engine(settings), question, channel)
    table = Table()
    table.add_column(pick("dossier ou fichier", "folder or file"))
    for heading in (pick("appels", "calls"), pick("fonctions", "functions"), pick("fichiers", "files")):
        table.add_column(heading, justify="right")
    for name, some in [*counts.by_folder().items(), ("actions/", counts)]:
        table.add_row(name, str(some.calls), str(len(some.functions)), str(len(some.files)))
    Console().print(table)
    for (file, function), count in counts.functions.items() if each else ():
        Console().print(f"{count:6} {file} {function}", markup=False, highlight=False)
