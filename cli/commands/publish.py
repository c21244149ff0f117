"""``./guichet publish``: tries a publication on questions, and publishes it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from cli.database import run_on_database
from cli.language import Refusal, pick, say, sentence
from cli.options import Json
from cli.progress import report_done
from cli.publisher import publisher_of
from core.database import Database
from core.settings import Settings
from knowledge_base.errors import ImportRefused
from knowledge_base.publishing.contracts import Change, ChangedQuestion, PublicationView, Report, State
from knowledge_base.publishing.publications import NothingToUndo, ask_rollback, decide, get, request
from retrieval.embedding.lazy import LazyEmbedder

_AUTHOR = "cli"
_SHOWN = 5  # lines of each list
_PATIENCE = 5  # checks of a publication that the service's publisher has not taken, before this process does the work


def publish(
    entries: Annotated[
        list[str] | None,
        typer.Argument(help="COLLECTION/ENTRY@VERSION, or …@none to withdraw; none: what the record publishes."),
    ] = None,
    check_only: Annotated[bool, typer.Option("--check-only", help="Say what would change, and change nothing.")] = False,
    even_if_worse: Annotated[bool, typer.Option("--even-if-worse", help="Publish whatever the verdict.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    as_json: Json = False,
) -> None:
    """Build a candidate, replay golden and real questions on it, and activate it unless something gets worse."""
    changes = [_change(entry) for entry in entries or ()]

    async def work(database: Database) -> PublicationView:
        name = await request(database, changes, author=_AUTHOR, reason=reason, go_at_once=not check_only)
        view = await _until_decided(database, name)
        if view.state == State.CHECKED:
            await decide(database, name, go=even_if_worse and not check_only, author=_AUTHOR)
            view = (await _until_decided(database, name)) if even_if_worse and not check_only else view
        return view

    view = _run(work)
    if as_json:
        print(view.model_dump_json())
    elif view.report is not None:
        _print_report(view.report)
    if view.state == State.FAILED:
        raise Refusal(view.error, view.error)
    if view.state == State.CHECKED and not check_only:
        raise Refusal(*sentence("answers_would_get_worse"))
    if view.state == State.ACTIVE and not as_json:
        report_done(f"Publié : {view.candidate}", f"Published: {view.candidate}")


def roll_back() -> str | None:
    """Undoes the last publication. Returns the active snapshot; ``None`` if there is no publication to undo."""

    async def work(database: Database) -> PublicationView | None:
        try:
            return await _until_decided(database, await ask_rollback(database, author=_AUTHOR))
        except NothingToUndo:
            return None

    view = _run(work)
    if view is None:
        return None
    if view.state == State.FAILED:
        raise Refusal(view.error, view.error)
    return view.candidate


async def _until_decided(database: Database, name: str) -> PublicationView:
    """Waits until the publication is decided or can be. This process does the work if the service's publisher does not."""
    settings = Settings()
    publisher = publisher_of(settings, database, lambda: LazyEmbedder(settings))
    printed_step, idle = "", 0
    while True:
        view = await get(database, name)
        assert view is not None  # rows are never removed
        step, done, total = view.progress
        if step != printed_step:
            printed_step = step
            say(f"… {step} {done}/{total}" if total else f"… {step}", f"… {step} {done}/{total}" if total else f"… {step}")
        if view.ended or view.state == State.CHECKED:
            if view.state == State.ACTIVE:
                await publisher.follow()
            return view
        idle = idle + 1 if view.state in (State.REQUESTED, State.APPROVED) else 0
        if idle > _PATIENCE and await publisher.work():
            continue
        await asyncio.sleep(0.3)


def _change(text: str) -> Change:
    try:
        return Change.parse(text)
    except ValueError:
        raise Refusal(*sentence("change_unreadable", text=text)) from None


def _print_report(report: Report) -> None:
    print(pick(*sentence(f"verdict_{report.verdict}")))
    print(pick(*sentence("questions_replayed", report=report)))
    titles = {
        "worse": ("Se dégradent", "Get worse"),
        "better": ("S'améliorent", "Get better"),
        "other_entry": ("Autre fiche en tête", "Another entry comes first"),
        "other_outcome": ("Autre issue", "Another outcome"),
    }
    for name, (fr, en) in titles.items():
        questions: tuple[ChangedQuestion, ...] = getattr(report, name)
        if questions:
            print(f"{pick(fr, en)} ({report.totals[name]})")
        for one in questions[:_SHOWN]:
            before, after = (side.title if side else "–" for side in (one.before, one.after))
            print(f"  {one.question}\n    {before} ({one.decision_before}) → {after} ({one.decision_after})")
    for hidden in report.shadowed[:_SHOWN]:
        print(pick("Masquée : ", "Shadowed: ") + f"{hidden.title} (« {hidden.name} ») ← {hidden.by.title}")


def _run[Found](work: Callable[[Database], Awaitable[Found]]) -> Found:
    try:
        return run_on_database(Settings().sql_url, work)
    except ImportRefused as refused:
        raise Refusal(refused.fr, refused.en) from refused
