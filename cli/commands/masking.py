"""``./guichet privacy``: what is masked of a text before anything else sees it."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from cli.commands.masking_words import words
from cli.language import Refusal, say
from core.privacy.finders.cases import use_patterns
from core.privacy.masking import mask as mask_text
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)
app.command()(words)


@app.command()
def mask(
    text: Annotated[str, typer.Argument(help="A text; with --batch, lines are read from standard input.")] = "",
    batch: Annotated[bool, typer.Option("--batch", help="Read lines from standard input, answer each with a line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print {masked, kinds} a line.")] = False,
) -> None:
    """Mask what identifies people, as the gateway does with each message; with the administration's own case numbers."""
    use_patterns(Settings().privacy_case_numbers.split())
    if batch:
        for line in sys.stdin:
            _answer(line.rstrip("\r\n"), as_json=as_json)
        return
    if not text:
        raise Refusal("Donnez un texte, ou --batch et des lignes.", "Give a text, or --batch and lines.")
    _answer(text, as_json=as_json)


def _answer(text: str, *, as_json: bool) -> None:
    masked = mask_text(text)
    if as_json:
        print(json.dumps({"masked": masked.text, "kinds": list(masked.kinds)}, ensure_ascii=False), flush=True)
        return
    print(masked.text, flush=True)
    if masked.kinds:
        say(f"Masqué : {', '.join(masked.kinds)}.", f"Masked: {', '.join(masked.kinds)}.")
