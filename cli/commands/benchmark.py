"""``./guichet benchmark``: measures any system on the project's own graded questions (docs/benchmark.md)."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, pick, sentence
from cli.options import Json
from core.settings import ROOT, Settings


def benchmark(
    command: Annotated[str, typer.Option(help="A command: JSON lines id, question in; id, text, pages out.")] = "",
    url: Annotated[str, typer.Option(help="An address: posted id and question, answers text and pages.")] = "",
    baseline: Annotated[bool, typer.Option("--bm25", help="The baseline: BM25 over the titles of the pinned pages.")] = False,
    questions: Annotated[str, typer.Option(help="Set of graded questions: dev, messages or held_out.")] = "dev",
    limit: Annotated[int, typer.Option(min=0, help="So many questions of each part only; 0: all.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write all answers there, as JSON lines.")] = None,
    as_json: Json = False,
) -> None:
    """Measure a system that answers questions, by default this service: graded questions, and some in ten ways of writing."""
    from tools.benchmark import baseline as plain  # noqa: PLC0415 - developers' tools, which an image leaves out
    from tools.benchmark import questions as asked  # noqa: PLC0415
    from tools.benchmark import ruler, systems  # noqa: PLC0415

    if sum(map(bool, (command, url, baseline))) > 1 or questions not in asked.SETS:
        raise Refusal(*sentence("benchmark_options", sets=", ".join(asked.SETS)))
    if baseline:
        system = plain.bm25(plain.pinned_pages(ROOT / "var"))
    elif command or url:
        system = systems.command(command) if command else systems.address(url)
    else:
        system = systems.guichet(Settings())
    parts = {questions: asked.graded(questions, limit), **asked.by_way(limit)}
    all_asked = asked.all_of(parts)
    began = time.perf_counter()
    answers = system(all_asked)
    seconds = (time.perf_counter() - began) / len(all_asked)
    figures = {part: ruler.figures(of, answers) for part, of in parts.items()}
    gaps = ruler.gaps({way: of for way, of in parts.items() if way != questions}, answers)
    if out:
        out.write_bytes(b"".join(orjson.dumps(answer.model_dump()) + b"\n" for answer in answers.values()))
    report = {"worst_gap": asdict(gaps[0]), "figures": figures, "gaps": [asdict(gap) for gap in gaps]}
    if as_json:
        print(json.dumps({**report, "seconds_a_question": round(seconds, 4)}, ensure_ascii=False))
        return
    worst = gaps[0]
    values = {"way": worst.way, "points": 100 * worst.difference, "low": 100 * worst.low, "high": 100 * worst.high}
    table = Table(title=pick(*sentence("benchmark_worst_gap", figure=worst.figure, **values)), title_justify="left")
    table.add_column(pick("questions", "questions"))
    for name in ("n", *ruler.FIGURES):
        table.add_column(name, justify="right")
    for part, found in figures.items():
        table.add_row(part, *(f"{found[name]:g}" for name in ("n", *ruler.FIGURES)))
    Console().print(table)
