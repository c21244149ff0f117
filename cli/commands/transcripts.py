"""``./guichet transcripts``: whole conversations with the running service as a page, by the developers' tools."""

from pathlib import Path
from typing import Annotated

import typer

from core.settings import ROOT

FOLDER = ROOT / "docs" / "transcripts"


def transcripts(
    script: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="What is said, conversation by conversation.")] = (
        FOLDER / "conversations.yml"
    ),
    out: Annotated[Path, typer.Option(help="The page that is written.")] = FOLDER / "README.md",
) -> None:
    """Write down whole conversations with the running service."""
    from tools.pictures.transcripts import write_transcripts  # noqa: PLC0415 - an image has no tools

    write_transcripts(script, out)
