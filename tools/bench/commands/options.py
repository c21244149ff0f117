"""Options that several benches have."""

from __future__ import annotations

from typing import Annotated

import typer

Quick = Annotated[bool, typer.Option("--quick", help="Fewer of everything, for a first look.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
PerSecond = Annotated[int, typer.Option(min=1, help="Messages a second.")]
Into = Annotated[str, typer.Option(help="SQLAlchemy URL of the record; empty: one of its own in the state folder.")]
