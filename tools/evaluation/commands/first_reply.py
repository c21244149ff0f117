"""``./guichet eval first-reply``: what citizens have after the first reply of the running service."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, pick, say
from cli.progress import reporter
from cli.refusals import refusal_of
from cli.service_client import running_service
from core.channels import CHANNELS, traits_of
from core.settings import Settings
from retrieval.evaluation.runs import Configuration, keep
from retrieval.evaluation.service import ServiceSearcher, configuration
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.update import snapshots_folder
from tools.evaluation.first_reply import files
from tools.evaluation.first_reply.asking import ask_first_replies, themes_of
from tools.evaluation.first_reply.figures import as_json as figures_as_json
from tools.evaluation.first_reply.judgement import Judged
from tools.evaluation.first_reply.report import why_in_words, worst, write_report
from tools.evaluation.first_reply.runs import KIND, FirstReplyRun, first_reply_run, publish
from tools.evaluation.options import Json
from tools.evaluation.session import figures_table

_BY_THEME = ("n", "says", "content", "first_right", "in_two", "misleading")  # columns that fit a terminal
_SHOWN_CHARACTERS = 140  # characters shown of a missed question
_SHOWN_BUTTONS = 4


def first_reply(
    questions: Annotated[
        Path | None, typer.Argument(help="JSON lines: id, question; without it, the project's own questions, grades and facts.")
    ] = None,
    grades: Annotated[Path | None, typer.Argument(help="JSON lines: id, grades {entry: 0 to 3}, best.")] = None,
    facts: Annotated[Path | None, typer.Argument(help="JSON lines: id, must (groups of alternatives).")] = None,
    *,
    channel: Annotated[str, typer.Option(help="web | sms")] = "web",
    misses: Annotated[int, typer.Option(min=0, help="Print so many of the worst replies.")] = 0,
    as_json: Json = False,
    published: Annotated[bool, typer.Option("--publish", help="Show these figures on /about.")] = False,
) -> None:
    """What citizens have in hand after the first reply of the running service: texts that answer, or buttons only?"""
    if channel not in CHANNELS or (questions and not grades) or (published and not traits_of(channel).has_buttons):
        raise Refusal(
            "Donnez QUESTIONS et GRADES, ou rien ; --channel web ou sms ; --publish pour le web seulement.",
            "Give QUESTIONS and GRADES, or nothing; --channel web or sms; --publish for the web only.",
        )
    if questions is None or grades is None:
        questions, grades, facts = files.QUESTIONS, files.GRADES, files.FACTS
    asked = files.read_graded_questions(questions, grades, facts)
    settings = Settings()
    described = _configuration(settings, [questions, grades, *([facts] if facts else [])], channel)
    with ServiceSearcher(settings) as pages:
        themes = themes_of(asked, pages)
    run = first_reply_run(asked, asyncio.run(_ask(settings, asked, channel, themes)), described)
    folder = keep(run, settings.home, write_report(run))
    if published:
        publish(run, settings.home)
    if as_json:
        parts = {theme: figures_as_json(found, channel) for theme, found in run.figures.items() if theme}
        print(json.dumps({**figures_as_json(run.figures[""], channel), "parts": parts, "run": run.id}, ensure_ascii=False))
    else:
        _print(run, misses)
    say(f"Rapport : {folder / 'report.html'}", f"Report: {folder / 'report.html'}")


async def _ask(settings: Settings, asked: Sequence[files.GradedQuestion], channel: str, themes: dict[str, str]) -> list[Judged]:
    async with running_service(settings) as service:
        return await ask_first_replies(asked, service, channel, themes, reporter(f"eval {KIND}"))


def _configuration(settings: Settings, paths: Sequence[Path], channel: str) -> Configuration:
    """Returns the configuration: the snapshot in use by the service, the files and the channel."""
    snapshots = Snapshots(snapshots_folder(settings.home))
    try:
        return configuration(snapshots.manifest(snapshots.active()), paths, {"channel": channel, "through": "service"})
    except SnapshotUnusable as error:
        raise refusal_of(error) from error


def _print(run: FirstReplyRun, misses: int) -> None:
    console = Console()
    console.print(figures_table(run.model_copy(update={"figures": {"": run.figures[""]}})))
    if len(run.figures) > 1:
        console.print(_theme_table(run))
    counted = Counter(one.why for one in run.replies if one.why)
    console.print(" · ".join(f"{why_in_words(why)} {count}" for why, count in counted.most_common()), markup=False)
    for one in worst(run.replies, misses):
        contents = ", ".join(f"{entry} ({grade})" for entry, grade in zip(one.contents, one.grades, strict=True)) or "–"
        buttons = ", ".join(one.buttons[:_SHOWN_BUTTONS]) or "–"
        told = (why_in_words(one.why), one.outcome, one.question[:_SHOWN_CHARACTERS], contents, buttons)
        console.print(" | ".join(told), markup=False)


def _theme_table(run: FirstReplyRun) -> Table:
    table = Table(title=pick("Par thème", "By theme"))
    table.add_column(pick("thème", "theme"), overflow="fold")
    for name in _BY_THEME:
        table.add_column(name, justify="right", overflow="fold")
    for theme, found in run.figures.items():
        if theme:
            table.add_row(theme, *(f"{found[name]:g}" if name in found else "" for name in _BY_THEME))
    return table
