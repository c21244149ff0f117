"""Arguments and options that evaluations share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="JSON lines: id, question, gold.")]
Collection = Annotated[str, typer.Option(help="Search this collection only.")]
Limit = Annotated[int, typer.Option(min=0, help="Only the first questions; 0: all.")]
Json = Annotated[bool, typer.Option("--json", help="Figures as JSON on standard output.")]
