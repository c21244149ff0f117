"""Options that several commands have."""

import getpass
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
As = Annotated[str, typer.Option("--as", help="Who acts, for the audit (default: your account on this machine).")]


def actor(name: str) -> str:
    """Returns the value of ``--as``, or else the account on this machine."""
    return (name or getpass.getuser())[:64]
