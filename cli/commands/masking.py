"""``./guichet privacy``: the masking of a text; a person's data; the receipt of an erasure."""

import asyncio
import json
import sys
from typing import Annotated

import typer

from cli.language import Refusal, say, sentence
from cli.personal_data import erased_at, export_personal_data
from core.privacy.finders.cases import use_patterns
from core.privacy.masking import mask as mask_text
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)


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


@app.command()
def words() -> None:
    """Print ``word count`` lines: names that pages, own texts, or other languages' small words use in lower case."""
    from tools.training.masking_words import print_words  # noqa: PLC0415 - an image has no tools

    print_words(Settings())


@app.command()
def export(
    conversation: Annotated[str, typer.Argument(help="Its id; without it, --number.")] = "",
    number: Annotated[str, typer.Option(help="The number of the person's telephone, as +33612345678.")] = "",
) -> None:
    """All that is held of one conversation, as JSON, for whoever asks for access to their data. Recorded in the audit."""
    data = asyncio.run(export_personal_data(Settings(), conversation=conversation, number=number))
    if data is None:
        raise Refusal("Rien n'est conservé sous cet identifiant ou ce numéro.", "Nothing is held under that id or that number.")
    print(json.dumps(data, ensure_ascii=False, indent=1))


@app.command()
def receipt(code: Annotated[str, typer.Argument(help="As the citizen got it: XXXX-XXXX-XXXX.")]) -> None:
    """Print when the conversation with this receipt was erased."""
    at = asyncio.run(erased_at(Settings(), code))
    if at is None:
        raise Refusal(*sentence("unknown_receipt", code=code))
    print(at.isoformat(timespec="seconds"))


def _answer(text: str, *, as_json: bool) -> None:
    masked = mask_text(text)
    if as_json:
        print(json.dumps({"masked": masked.text, "kinds": list(masked.kinds)}, ensure_ascii=False), flush=True)
        return
    print(masked.text, flush=True)
    if masked.kinds:
        say(f"Masqué : {', '.join(masked.kinds)}.", f"Masked: {', '.join(masked.kinds)}.")
