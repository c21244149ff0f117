"""``./guichet keys``: secrets that are being replaced."""

import asyncio
import json
from dataclasses import asdict

import typer

from cli.key_renewal import renew
from cli.language import say, sentence
from cli.options import Json
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def keys() -> None:
    """Secrets that are being replaced (SECURITY.md)."""


@app.command("renew")
def renew_all(as_json: Json = False) -> None:
    """Put what the record keeps under the present keys, so that those named …_ALSO can go."""
    done = asyncio.run(renew(Settings()))
    if as_json:
        print(json.dumps(asdict(done)))
        return
    say(*sentence("keys_renewed", values=done.values, numbers=done.numbers))
    if done.stops_left:
        say(*sentence("stops_of_old_key", stops_left=done.stops_left))
