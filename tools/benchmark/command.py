"""``./guichet benchmark``: measures any system on the project's own graded questions (docs/benchmark.md)."""

from __future__ import annotations

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
from core.version import version
from tools.benchmark import baseline, ruler, systems
from tools.benchmark import questions as asked

app = typer.Typer()


@app.callback(invoke_without_command=True)
def benchmark(
    command: Annotated[str, typer.Option(help="A command: JSON lines id, question in; id, text, pages out.")] = "",
    url: Annotated[str, typer.Option(help="An address: posted id and question, answers text and pages.")] = "",
    bm25: Annotated[str, typer.Option(help="A baseline: BM25 over the pinned pages' titles, or pages whole.")] = "",
    questions: Annotated[str, typer.Option(help="Set of graded questions: dev, messages or held_out.")] = "dev",
    limit: Annotated[int, typer.Option(min=0, help="So many questions of each part only; 0: all.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write all answers there, as JSON lines.")] = None,
    as_json: Json = False,
) -> None:
    """Measure a system that answers questions, by default this service: graded questions, and some in ten ways of writing."""
    if sum(map(bool, (command, url, bm25))) > 1 or questions not in asked.SETS or bm25 not in ("", *baseline.KINDS):
        sets, kinds = ", ".join(asked.SETS), ", ".join(baseline.KINDS)
        raise Refusal(
            f"Donnez un seul de --command, --url et --bm25 ({kinds}), ou aucun : ce service ; et --questions parmi {sets}.",
            f"Give one of --command, --url and --bm25 ({kinds}), or none: this service; and --questions one of {sets}.",
        )
    if out and not out.parent.is_dir():
        raise Refusal(*sentence("backup_folder_missing", folder=out.parent))
    if bm25:
        system = baseline.bm25(baseline.pinned_pages(ROOT / "var"), bm25)
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
    if as_json:
        report = {"worst_gap": asdict(gaps[0]), "figures": figures, "gaps": [asdict(gap) for gap in gaps]}
        asked_of = {"version": version(), "set": questions, "digest": asked.digest(all_asked)}
        print(json.dumps({**report, "seconds_a_question": round(seconds, 4), "benchmark": asked_of}, ensure_ascii=False))
        return
    worst = gaps[0]
    points, low, high = (round(100 * share) for share in (worst.difference, worst.low, worst.high))
    title = pick(
        f"Plus grand écart ({worst.figure}) : {worst.way}, {points} points sous le français courant (95 % : {low} à {high})",
        f"Worst gap ({worst.figure}): {worst.way}, {points} points below plain French (95 %: {low} to {high})",
    )
    table = Table(title=title, title_justify="left")
    table.add_column(pick("questions", "questions"))
    for name in ("n", *ruler.FIGURES, pick("écart, points (95 %)", "gap, points (95 %)")):
        table.add_column(name, justify="right")
    lost = {gap.way: f"{100 * gap.difference:.0f} ({100 * gap.low:.0f} to {100 * gap.high:.0f})" for gap in gaps}
    for part, found in figures.items():
        table.add_row(part, *(f"{found[name]:g}" for name in ("n", *ruler.FIGURES)), lost.get(part, ""))
    Console().print(table)
