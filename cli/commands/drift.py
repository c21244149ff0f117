"""``./guichet drift``: compares the answers with the weeks before, as each night for editors."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import httpx
import typer

from cli.database import run_on_database
from cli.language import Refusal, not_running, pick, sentence, speaks_english
from cli.options import Json
from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.settings import Settings
from knowledge_base.quality.drift.comparison import Drift, compare
from knowledge_base.quality.drift.editor_task import QUOTED, sentences
from knowledge_base.quality.drift.nights import due_day, measure, stored_nights, texts_of


def drift(
    look_now: Annotated[bool, typer.Option("--now", help="Replay the golden questions now, instead of last night's.")] = False,
    simulate: Annotated[int, typer.Option(help="Instead: measure the alarm itself on so many simulated half-years.")] = 0,
    as_json: Json = False,
) -> None:
    """Compare golden questions, outcomes and confidence with the weeks before. Exit code 1 where something moved."""
    if simulate:
        from tools.evaluation.drift import simulate as simulated  # noqa: PLC0415 - only where it is used

        print(json.dumps(simulated(runs=simulate, seed=2), indent=2))
        return
    settings = Settings()
    try:
        found, questions, nights = run_on_database(
            settings.sql_url, lambda database: _compare(database, settings, look_now=look_now)
        )
    except httpx.ConnectError as error:
        raise not_running(settings.own_url) from error
    except httpx.HTTPError as error:
        raise Refusal(*sentence("search_silent")) from error
    if as_json:
        figures: dict[str, Any] = {**asdict(found), "alarm": found.alarm, "nights": nights, "fell_questions": questions}
        print(json.dumps(figures, ensure_ascii=False))
    else:
        _print(found, questions, nights)
    raise typer.Exit(1 if found.alarm else 0)


async def _compare(database: Database, settings: Settings, *, look_now: bool) -> tuple[Drift, list[str], int]:
    today = local_day(now(), settings.opening.zone)
    if look_now:
        await measure(database, settings, due_day(settings.opening.zone, now()) or today)
    nights = await stored_nights(database, today)
    found = compare(nights)
    return found, await texts_of(database, found.fell), len(nights)


def _print(found: Drift, questions: list[str], nights: int) -> None:
    for line in sentences(found, questions, "en" if speaks_english() else "fr"):
        print(line)
    if found.fell and (not found.golden_alarm or len(questions) > QUOTED):
        print(pick("Questions de référence tombées : ", "Golden questions that fell: ") + " ; ".join(questions))
    print(pick(*sentence("nights_compared", nights=nights, found=found)), end="" if found.alarm else " ")
    print("" if found.alarm else pick("Rien n'a bougé.", "Nothing moved."))
