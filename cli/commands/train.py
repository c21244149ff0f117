"""``./guichet train``: training on the knowledge base, by the developers' tools."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.language import Refusal, sentence
from cli.model_signing import public_key
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)
Output = Annotated[Path | None, typer.Option(dir_okay=False, help="Where to write; default: the file in use.")]


@app.command()
def encoder(
    on: Annotated[
        Literal["pages", "questions"], typer.Option(help="questions: what goes on top of an adapter for pages.")
    ] = "pages",
    collection: Annotated[str, typer.Option(help="Learn from this collection only.")] = "",
    output: Output = None,
) -> None:
    """Fine-tune the embedded model, 15 to 40 minutes on two cores; interrupted, it goes on where it stopped."""
    from tools.training.runs import train_encoder  # noqa: PLC0415 - an image has no tools

    train_encoder(collection, output, on_questions=on == "questions")


@app.command()
def key() -> None:
    """Print the public key of the models trained here: GUICHET_MODEL_PUBLIC_KEY of machines that only run them."""
    found = public_key(Settings())
    if not found:
        raise Refusal(*sentence("model_key_missing"))
    print(found)


@app.command()
def scope(output: Output = None) -> None:
    """Fit what tells a question for an administration from anything else, a minute. Needed again for another encoder."""
    from tools.training.runs import train_scope  # noqa: PLC0415 - an image has no tools

    train_scope(output)


@app.command()
def care(output: Output = None) -> None:
    """Fit the second looks at what may be a danger, five minutes. Needed again when the dialogue's examples change."""
    from tools.training.runs import train_danger  # noqa: PLC0415 - an image has no tools

    train_danger(output)


@app.command()
def passages(output: Output = None) -> None:
    """Fit what makes a part of a page the one that answers, a minute. Needed again for another encoder."""
    from tools.training.runs import train_passages  # noqa: PLC0415 - an image has no tools

    train_passages(output)


@app.command()
def words(output: Output = None) -> None:
    """Learn word vectors from questions and the sentences that answer them, ten minutes. Then `train sentences`."""
    from tools.training.runs import train_words  # noqa: PLC0415 - an image has no tools

    train_words(output)


@app.command()
def sentences(output: Output = None) -> None:
    """Fit what makes a sentence of a page the one that answers, a minute. Needed again after `train passages` or `words`."""
    from tools.training.runs import train_sentences  # noqa: PLC0415 - an image has no tools

    train_sentences(output)


@app.command("follow-ups")
def follow_ups(output: Output = None) -> None:
    """Fit what makes a message continue the question before it, a minute. Needed again for another confidence."""
    from tools.training.runs import train_follow_ups  # noqa: PLC0415 - an image has no tools

    train_follow_ups(output)
