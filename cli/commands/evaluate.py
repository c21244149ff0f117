"""``./guichet eval``: measurements on questions with known answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.commands.evaluate_dialogue import dialogue
from cli.engine import open_engine
from cli.language import Refusal, pick
from core.settings import Settings
from retrieval.evaluation import evaluate_retrieval, read_questions

app = typer.Typer(no_args_is_help=True)


app.command()(dialogue)


@app.callback()
def _group() -> None:
    """Keep ``retrieval`` a subcommand."""


@app.command()
def retrieval(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines: id, question, gold.")],
    collection: Annotated[str, typer.Option(help="Search this collection only.")] = "",
    limit_questions: Annotated[int, typer.Option(min=0, help="Only the first questions; 0: all.")] = 0,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Recall and time of the active snapshot on FILE: is a right entry among the first 1, 3, 5, 10?"""
    try:
        questions = read_questions(file)
    except (ValueError, OSError) as error:
        raise Refusal(str(error), str(error)) from error
    if limit_questions:
        questions = questions[:limit_questions]
    engine = open_engine(Settings())
    engine.search("bonjour", locale="fr")  # the first search of a process pays for lazy loading
    figures = evaluate_retrieval(questions, engine, collection=collection or None)
    if not figures["n"]:
        raise Refusal(f"Aucune question de {file} n'a de réponse connue.", f"No question in {file} has a known answer.")
    if as_json:
        print(json.dumps(figures))
        return
    table = Table(title=f"{file.name} — {engine.status().snapshot}")
    table.add_column(pick("mesure", "figure"))
    table.add_column(pick("valeur", "value"), justify="right")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}")
    Console().print(table)
