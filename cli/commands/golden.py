"""``./guichet golden``: the questions by which each publication is judged."""

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.progress import report_done
from cli.tables import print_table
from core.settings import Settings
from knowledge_base.errors import ImportRefused
from knowledge_base.quality.golden.contracts import Golden
from knowledge_base.quality.golden.files import dump_golden, read_golden
from knowledge_base.quality.golden.store import Added, add, add_all, golden, set_active

app = typer.Typer(no_args_is_help=True)
_REJECTED = 10  # rejected lines shown


@app.command("list")
def list_questions(
    collection: Annotated[str, typer.Option(help="Those of this collection only.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Also those that are not asked any more.")] = False,
    as_json: Json = False,
) -> None:
    """Show the golden questions and the entries that are right."""
    found = run_on_database(
        Settings().sql_url, lambda database: golden(database, collection=collection or None, inactive=everything)
    )
    if as_json:
        print(json.dumps([question.model_dump() for question in found], ensure_ascii=False))
        return
    lines = []
    for question in found:
        part = " / ".join(filter(None, (question.heading, question.situation)))
        right = ", ".join(question.gold) or pick("aucune", "none")
        lines.append((question.name, question.question, right, part, question.origin))
    print_table(("id|question|fiches|partie|origine", "id|question|entries|part|origin"), lines, overflow="fold")


@app.command("add")
def add_question(
    question: Annotated[str, typer.Argument(help="What a citizen asks.")],
    entries: Annotated[list[str] | None, typer.Argument(help="Ids of the entries that are right; none: no answer is.")] = None,
    lang: Annotated[str, typer.Option(help="The language of the question.")] = "fr",
    collection: Annotated[str, typer.Option(help="Ask in this collection only.")] = "",
    heading: Annotated[str, typer.Option(help="Heading of the part that must be shown.")] = "",
    case: Annotated[str, typer.Option(help="Label of the case that must be shown.")] = "",
    as_json: Json = False,
) -> None:
    """Keep one question."""
    try:
        golden_question = Golden(
            question=question,
            gold=tuple(entries or ()),
            locale=lang,
            collection=collection,
            heading=heading,
            situation=case,
            origin="editor",
            author="cli",
        )
        name = run_on_database(Settings().sql_url, lambda database: add(database, golden_question))
    except ValidationError as error:
        raise Refusal(*sentence("question_unusable")) from error
    except ImportRefused as refused:
        raise Refusal(refused.fr, refused.en) from refused
    if as_json:
        print(json.dumps({"id": name}))
    else:
        report_done(f"Question gardée : {name}", f"Question kept: {name}")


@app.command("remove")
def remove_question(name: Annotated[str, typer.Argument(help="Id of the question.")]) -> None:
    """Ask a question no more; it stays in the record."""
    if not run_on_database(Settings().sql_url, lambda database: set_active(database, name, active=False)):
        raise Refusal(f"Aucune question ne porte l'identifiant « {name} ».", f"No question has the id '{name}'.")
    report_done(f"Question retirée : {name}", f"Question withdrawn: {name}")


@app.command("import")
def import_questions(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines: question, gold (ids).")],
    as_json: Json = False,
) -> None:
    """Keep the questions of a file: one that ``golden export`` wrote, or one made for ``eval``."""
    try:
        read = read_golden(file, author=file.name[:128])
    except ImportRefused as refused:
        raise Refusal(refused.fr, refused.en) from refused
    report = run_on_database(Settings().sql_url, lambda database: add_all(database, read.questions))
    _print(report, read.rejected, as_json)


@app.command("export")
def export_questions(file: Annotated[Path | None, typer.Argument(help="Where to; none: standard output.")] = None) -> None:
    """Write all questions, those not asked any more too, as JSON lines that import back identically."""
    lines = dump_golden(run_on_database(Settings().sql_url, lambda database: golden(database, inactive=True)))
    if file is None:
        print(lines, end="")
    else:
        file.write_text(lines, encoding="utf-8")


def _print(report: Added, unreadable: tuple[str, ...], as_json: bool) -> None:
    rejected = (*unreadable, *report.rejected)
    counts = {name: getattr(report, name) for name in ("created", "updated", "unchanged")}
    if as_json:
        print(json.dumps({**counts, "rejected": rejected}, ensure_ascii=False))
        return
    report_done(
        "{created} créées, {updated} mises à jour, {unchanged} inchangées".format(**counts),
        "{created} created, {updated} updated, {unchanged} unchanged".format(**counts),
    )
    for why in rejected[:_REJECTED]:
        say(f"  Refusée, {why}", f"  Rejected, {why}")
    if (more := len(rejected) - _REJECTED) > 0:
        say(f"  … et {more} autres : --json les donne toutes.", f"  … and {more} more: --json gives them all.")
