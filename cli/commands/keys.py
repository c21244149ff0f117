"""``./guichet keys``: secrets that are being replaced."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

import typer

from cli.key_renewal import renew
from cli.language import say
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
    say(
        f"{done.values} valeurs chiffrées à nouveau, {done.numbers} numéros retrouvés par la nouvelle clé.",
        f"{done.values} values encrypted anew, {done.numbers} numbers found by the new key.",
    )
    if done.stops_left:
        say(
            f"{done.stops_left} demandes de STOP, dont la conversation est effacée, n'ont que l'empreinte du numéro. "
            "Celles d'avant le changement ne sont retrouvées que quand le numéro écrit : tant qu'il en reste, gardez "
            "GUICHET_ADDRESS_KEY_ALSO.",
            f"{done.stops_left} STOPs, whose conversation was erased, have the number's digest alone. Those from before "
            "the change are found only when the number writes: as long as some are left, keep GUICHET_ADDRESS_KEY_ALSO.",
        )
