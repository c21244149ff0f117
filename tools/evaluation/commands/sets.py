"""``./guichet eval oos|passages|languages|noise``: measurements on special sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.language import Refusal, pick
from core.languages.detection import detect
from retrieval.evaluation import Question
from retrieval.evaluation.questions import own_questions
from retrieval.evaluation.retrieval import ask, recall
from retrieval.evaluation.rows import Row
from tools.evaluation import sets
from tools.evaluation.answers import outcomes
from tools.evaluation.charts import bars, recall_by
from tools.evaluation.noise import NOISES, noisy
from tools.evaluation.options import Collection, File, Json, Limit
from tools.evaluation.passages import ask_passages, passage_figures
from tools.evaluation.session import Figures, Session
from tools.evaluation.withheld import ask_without_themes, themes


def oos(
    file: File = None,
    collection: Collection = "",
    withhold: Annotated[str, typer.Option(help="Withhold this theme only; default: each theme in turn.")] = "",
    limit_questions: Limit = 0,
    as_json: Json = False,
) -> None:
    """What is said to questions that have no answer: their theme withheld, nobody's business, or fragments."""
    session = Session("oos", as_json=as_json)
    path = file or sets.default_questions(session.collections)
    questions = sets.questions_of(path, limit_questions)
    session.files, session.options = [path], {"collection": collection, "withhold": withhold}
    asked = [question for question in questions if question.gold]
    groups = themes(asked, session.engine, collection or None)
    if withhold and withhold not in groups:
        known = ", ".join(sorted(groups))
        raise Refusal(f"Aucune question n'est du thème « {withhold} ». Thèmes : {known}.", f"No such theme. Themes: {known}.")
    groups = {name: found for name, found in groups.items() if withhold in ("", name)}
    rows = ask_without_themes(groups, session.engine, collection or None, session.progress())
    figures: Figures = {pick("thème retiré", "withheld"): {"n": len(rows), **outcomes(rows)}} if rows else {}
    parts = {path.stem: [question for question in questions if not question.gold]}
    if file is None:
        parts |= {other.stem: sets.questions_of(other) for other in (sets.OUT_OF_SCOPE, sets.FRAGMENTS) if other.exists()}
        session.files += [other for other in (sets.OUT_OF_SCOPE, sets.FRAGMENTS) if other.exists()]
    for name, unanswerable in parts.items():
        if unanswerable:
            found = ask(unanswerable, session.engine, collection=collection or None, part=name, progress=session.progress())
            figures[name] = {"n": len(found), **outcomes(found)}
            rows += found
    answered = {name: values["answered"] for name, values in figures.items()}
    chart = bars(pick("Part de réponses données à tort", "Share answered that should not be"), answered, "answered")
    session.finish(figures, rows, charts=[chart])


def passages(file: File = None, collection: Collection = "", limit_questions: Limit = 0, as_json: Json = False) -> None:
    """Whether the section that is shown answers: with the right entry given, and with the entry that search puts first."""
    session = Session("passages", as_json=as_json)
    path = file or sets.PASSAGES
    questions = [question for question in sets.questions_of(path, limit_questions) if question.entry and question.headings]
    if not questions:
        raise Refusal(f"{path} ne nomme pas de sections (entry, headings).", f"{path} names no sections (entry, headings).")
    session.files, session.options = [path], {"collection": collection}
    rows = ask_passages(questions, session.engine, collection or None, session.progress())
    if not rows:
        raise Refusal("L'index n'a aucune de ces fiches.", "The index holds none of these entries.")
    figures: Figures = {"": passage_figures(rows)}
    for kind in sorted({row.kind for row in rows}):
        figures[kind] = passage_figures([row for row in rows if row.kind == kind])
    shares = {kind: values["right, entry given"] for kind, values in figures.items() if kind}
    chart = bars(pick("Bonne section, la fiche étant donnée", "Right section, the entry given"), shares, pick("part", "share"))
    session.finish(figures, rows, charts=[chart])


def languages(file: File = None, collection: Collection = "", limit_questions: Limit = 0, as_json: Json = False) -> None:
    """Questions in other languages on French pages, the project's French questions beside, and detection of the language."""
    session = Session("languages", as_json=as_json)
    path = file or sets.LANGUAGES
    questions = sets.with_gold(path, sets.questions_of(path, limit_questions))
    french = own_questions(session.collections)
    session.files, session.options = [path, french, sets.DETECTION], {"collection": collection}
    rows: list[Row] = []
    figures: Figures = {"": {}}
    for language in dict.fromkeys(question.language for question in questions):
        asked = [question for question in questions if question.language == language]
        found = ask(asked, session.engine, collection=collection or None, part=language)
        figures[language] = {**recall(found), "detected": sum(row.language == language for row in found) / len(found)}
        rows += found
    figures[""] = recall(rows)
    compared = sets.questions_of(french, limit_questions)
    beside = ask(compared, session.engine, collection=collection or None, part="fr", progress=session.progress())
    figures["fr"] = {**recall(beside), "detected": sum(row.language == "fr" for row in beside) / len(beside)}
    short = [(question.question, question.language) for question in _messages(sets.DETECTION)]
    figures[pick("messages courts", "short messages")] = {
        "n": len(short),
        "detected": round(sum(detect(text) == language for text, language in short) / len(short), 4),
    }
    chart = recall_by([*rows, *beside], lambda row: row.part, pick("R@5 par langue", "R@5 by language"))
    session.finish(figures, [*rows, *beside], charts=[chart] if chart else [])


def noise(
    file: File = None,
    collection: Collection = "",
    seed: Annotated[int, typer.Option(help="Another seed, another noise.")] = 1,
    limit_questions: Limit = 0,
    as_json: Json = False,
) -> None:
    """What accents dropped, SMS writing, slips, capitals and no punctuation cost: R@5 lost against the clean questions."""
    session = Session("noise", as_json=as_json)
    path = file or sets.default_questions(session.collections)
    questions = sets.with_gold(path, sets.questions_of(path, limit_questions))
    session.files, session.options = [path], {"collection": collection, "seed": str(seed)}
    rows: list[Row] = []
    figures: Figures = {}
    for kind in ("clean", *NOISES):
        asked = questions if kind == "clean" else [_noisy(question, kind, seed) for question in questions]
        found = ask(asked, session.engine, collection=collection or None, part=kind, progress=session.progress())
        figures[kind] = recall(found)
        figures[kind]["lost"] = round(figures["clean"]["recall@5"] - figures[kind]["recall@5"], 4)
        rows += found
    chart = recall_by(rows, lambda row: row.part, pick("R@5 selon le bruit", "R@5 by noise"))
    session.finish(figures, rows, charts=[chart] if chart else [])


def _noisy(question: Question, kind: str, seed: int) -> Question:
    return question.model_copy(update={"question": noisy(question.question, kind, seed)})


def _messages(path: Path) -> list[Question]:
    """Returns messages whose language is known; in their file the question is called ``text``."""
    return [
        Question.model_validate({**line, "question": line["text"]})
        for line in map(_json, path.read_text(encoding="utf-8").splitlines())
    ]


def _json(line: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(line)
    return found
