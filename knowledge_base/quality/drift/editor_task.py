"""A drift in an editor's words, and the editor's task about it."""

from functools import cache
from pathlib import Path

from pydantic import JsonValue
from sqlalchemy import select

from core import both_languages
from core.audit import record
from core.database import Database
from core.database.models import EditorTask
from core.yaml_text import load as load_yaml
from knowledge_base.quality.drift.comparison import CONFIDENCE, Drift
from knowledge_base.quality.drift.nights import texts_of

KIND = "drift"
_AUTHOR = "quality"
QUOTED = 5  # questions in a sentence; ./guichet drift prints all


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = load_yaml(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return words


def sentences(drift: Drift, questions: list[str], language: str) -> list[str]:
    """Returns the changes, one sentence each. ``questions`` are the texts of those that fell."""

    def say(name: str, **values: object) -> str:
        return _words()[name][language].format(**values)

    lines = []
    if drift.golden_alarm:
        quoted = say("between").join(say("quoted", text=" ".join(one.split())) for one in questions[:QUOTED])
        more = say("more", n=len(questions) - QUOTED) if len(questions) > QUOTED else ""
        lines.append(say("golden", fell=len(drift.fell), asked=drift.asked, questions=quoted + more))
        if drift.rose:
            lines.append(say("golden_rose", rose=len(drift.rose)))
    for one in drift.moved:
        if one.name == CONFIDENCE:
            lines.append(say("confidence", before=_number(one.before, language), now=_number(one.now, language)))
            continue
        shares = {"before": _share(one.before, language), "now": _share(one.now, language)}
        lines.append(say("outcome", outcome=say(f"outcome_{one.name}"), **shares))
    return [*lines, say("what_to_do")] if lines else []


async def raise_task(database: Database, drift: Drift) -> bool:
    """Creates a task for editors if ``drift`` is an alarm and no task is open. Returns whether it did."""
    if not drift.alarm:
        return False
    questions = await texts_of(database, drift.fell)
    french, english = ("\n".join(sentences(drift, questions, language)) for language in ("fr", "en"))
    note = both_languages.join(french, english)
    async with database.write() as session:
        open_already = select(EditorTask.seq).where(EditorTask.kind == KIND, EditorTask.closed_at.is_(None)).limit(1)
        if (await session.execute(open_already)).first() is not None:
            return False
        session.add(EditorTask(kind=KIND, note=note, created_by=_AUTHOR))
        details: dict[str, JsonValue] = {"fell": len(drift.fell), "moved": ", ".join(one.name for one in drift.moved)}
        await record(session, actor=_AUTHOR, action="quality.drift", target="tasks", details=details)
    return True


def _share(value: float, language: str) -> str:
    return f"{value * 100:.0f} %" if language == "fr" else f"{value * 100:.0f}%"


def _number(value: float, language: str) -> str:
    text = f"{value:.2f}"
    return text.replace(".", ",") if language == "fr" else text
