"""``./guichet eval demand``: does the desk name what is missing?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.engine import open_engine
from cli.language import pick
from core.settings import Settings
from retrieval.embedding.model import load_embedder
from tools.evaluation import sets
from tools.evaluation.demand import evaluate_demand
from tools.evaluation.options import File, Json


def demand(
    file: File = None,
    theme: Annotated[str, typer.Option(help="Withhold this theme only; else each that enough questions ask about.")] = "",
    as_json: Json = False,
) -> None:
    """Questions asked as traffic with one theme withheld: do the first ten subjects asked in vain name what is missing?"""
    settings = Settings()
    engine = open_engine(settings)
    collections = set(engine.snapshot.entries.collections) if engine.snapshot else set()
    path = file or sets.default_questions(collections)
    questions = sets.with_gold(path, sets.questions_of(path))
    found = evaluate_demand(questions, engine, load_embedder(settings), theme)
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        return
    heads = pick(
        "thème|questions|en vain|sujets|trouvés|nommés|questions couvertes|nommées",
        "theme|questions|in vain|subjects|found|named|questions covered|named",
    )
    table = Table(title=path.name)
    for head in heads.split("|"):
        table.add_column(head)
    for one in found:
        values = (one.theme, one.asked, one.vain, one.subjects, one.found, one.named, one.covered, one.told)
        table.add_row(*map(str, values))
    Console().print(table)
    for one in found:
        print(f"{one.theme} : {' · '.join(one.names)}")
