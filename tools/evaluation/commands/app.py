"""``./guichet eval``: measurements on questions with known answers. Each run is kept, with a report, and can be compared."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.language import Refusal, pick
from core.settings import Settings
from retrieval.evaluation.questions import own_questions
from retrieval.evaluation.retrieval import ask, recall
from retrieval.evaluation.rows import Row
from retrieval.evaluation.runs import Run, RunUnreadable, ids, read
from tools.evaluation import sets
from tools.evaluation.answers import answer_figures
from tools.evaluation.charts import Chart, coverage_chart, recall_by, reliability_chart
from tools.evaluation.commands import sets as evaluate_sets
from tools.evaluation.commands.calls import calls
from tools.evaluation.commands.demand import demand
from tools.evaluation.commands.dialogue import dialogue
from tools.evaluation.commands.first_reply import first_reply
from tools.evaluation.commands.nlu import care, nlu
from tools.evaluation.commands.places import places
from tools.evaluation.commands.privacy import privacy
from tools.evaluation.commands.records import compare_records, record
from tools.evaluation.compare import Difference, compare_runs, interval
from tools.evaluation.first_reply.runs import KIND as FIRST_REPLY
from tools.evaluation.first_reply.runs import compare_replies, replies_of
from tools.evaluation.golden import golden_file
from tools.evaluation.options import Collection, File, Json, Limit
from tools.evaluation.session import Session

app = typer.Typer(no_args_is_help=True)
for command in (
    evaluate_sets.oos,
    evaluate_sets.passages,
    evaluate_sets.languages,
    evaluate_sets.noise,
    dialogue,
    first_reply,
    nlu,
    care,
    privacy,
    places,
    demand,
    record,
    compare_records,
    calls,
):
    app.command()(command)


@app.command()
def retrieval(
    file: Annotated[
        str, typer.Argument(help="JSON lines (id, question, gold), or golden: the questions kept with the entries.")
    ] = "",
    collection: Collection = "",
    limit_questions: Limit = 0,
    as_json: Json = False,
    published: Annotated[bool, typer.Option("--publish", help="Show these figures on /about.")] = False,
    own: Annotated[bool, typer.Option("--own", help="Ask the project's own questions, and publish the figures.")] = False,
) -> None:
    """Recall and time of the active snapshot: is a right entry among the first 1, 3, 5, 10?"""
    session = Session("retrieval", as_json=as_json)
    if file:
        path = golden_file(session.settings) if file == "golden" else Path(file)
    else:
        path = own_questions(session.collections) if own else sets.default_questions(session.collections)
    questions = sets.with_gold(path, sets.questions_of(path, limit_questions))
    session.files, session.options = [path], {"collection": collection}
    rows = ask(questions, session.engine, collection=collection or None, progress=session.progress())
    figures = recall(rows)
    low, high = interval([float((row.rank or 99) <= 5) for row in rows])
    session.finish(
        {"": {**figures, "recall@5 low": low, "recall@5 high": high}},
        rows,
        printed=figures,
        charts=_charts(rows),
        published=published or own or path == own_questions(session.collections),
    )


@app.command()
def answers(file: File = None, collection: Collection = "", limit_questions: Limit = 0, as_json: Json = False) -> None:
    """What the policy does: outcomes, how much of what is answered is right, whether the confidence can be believed."""
    session = Session("answers", as_json=as_json)
    path = file or sets.default_questions(session.collections)
    questions = sets.with_gold(path, sets.questions_of(path, limit_questions))
    session.files, session.options = [path], {"collection": collection}
    rows = ask(questions, session.engine, collection=collection or None, progress=session.progress())
    session.finish({"": answer_figures(rows)}, rows, charts=_charts(rows))


def _charts(rows: list[Row]) -> list[Chart]:
    """Returns the charts common to both measurements of questions with known answers."""
    by_theme = recall_by(rows, lambda row: row.theme, pick("R@5 par thème", "R@5 by theme"))
    return [*([by_theme] if by_theme else []), reliability_chart(rows), coverage_chart(rows)]


@app.command()
def runs(as_json: Json = False) -> None:
    """The runs that are kept, oldest first."""
    home = Settings().home
    found = [_read(home, name) for name in ids(home)]
    if as_json:
        print(json.dumps([run.model_dump(mode="json", exclude={"rows"}) for run in found], ensure_ascii=False))
        return
    table = Table(title=pick("Évaluations gardées", "Evaluations kept"))
    for column in ("id", pick("fichiers", "files"), pick("index", "snapshot"), "commit", pick("mesures", "figures")):
        table.add_column(column, overflow="fold")
    for run in found:
        first = list(next(iter(run.figures.values()), {}).items())[:4]
        told = ", ".join(f"{name} {value:g}" for name, value in first)
        configuration = run.configuration
        table.add_row(run.id, ", ".join(configuration.files), configuration.snapshot, configuration.commit, told)
    Console().print(table)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="Id of a run, the beginning of one, or 'last'.")],
    after: Annotated[str, typer.Argument(help="Id of another run.")],
    as_json: Json = False,
) -> None:
    """Whether run AFTER is better than run BEFORE, in every figure: paired bootstrap over the questions that both asked."""
    home = Settings().home
    first, second = _read(home, before), _read(home, after)
    try:
        differences = _differences(home, first, second)
    except ValueError as error:
        raise Refusal(
            "Ces deux évaluations n'ont aucune question en commun : comparez deux mesures du même fichier.",
            "These two runs have no question in common: compare two runs of the same file.",
        ) from error
    if as_json:
        print(json.dumps([{**asdict(one), "certain": one.certain} for one in differences]))
        return
    Console().print(_compared(f"{first.id} → {second.id}", differences))
    for note in _apart(first, second):
        print(note)


def _differences(home: Path, first: Run, second: Run) -> list[Difference]:
    """Returns every figure of the two runs. Raises ``ValueError`` if they have no question in common."""
    if not first.kind == second.kind == FIRST_REPLY:
        return compare_runs(first, second)
    try:
        return compare_replies(replies_of(first, home), replies_of(second, home))
    except RunUnreadable as error:
        raise _unreadable(str(error)) from error


def _compared(title: str, differences: list[Difference]) -> Table:
    table = Table(title=title)
    in_parts = any(one.part for one in differences)
    columns = pick("partie|mesure|n|avant|après|écart (95 %)", "part|figure|n|before|after|difference (95 %)").split("|")
    for number, column in enumerate(columns):
        if in_parts or number:
            table.add_column(column, justify="left" if number < 2 else "right")
    part: str | None = None
    for one in differences:
        if part is not None and one.part != part:
            table.add_section()
        mark = "" if one.certain else pick(" (dans le bruit)", " (within noise)")
        told = f"{one.after - one.before:+.3f} [{one.low:+.3f}, {one.high:+.3f}]{mark}"
        cells = (one.metric, str(one.n), f"{one.before:.3f}", f"{one.after:.3f}", told)
        first = (one.part or pick("tout", "all")) if one.part != part else ""
        table.add_row(*((first, *cells) if in_parts else cells))
        part = one.part
    return table


def _apart(first: Run, second: Run) -> list[str]:
    """Returns the differences in configuration of the two runs, so that a difference is not attributed to the wrong cause."""
    before, after = (_described(run) for run in (first, second))
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name, "") != after.get(name, "")]
    return [f"{name}: {before.get(name, '–') or '–'} → {after.get(name, '–') or '–'}" for name in names]


def _described(run: Run) -> dict[str, str]:
    told = run.configuration
    plain = told.model_dump(include={"snapshot", "stage", "model", "revision", "entries", "commit"})
    files = {name: digest[:12] for name, digest in told.files.items()}
    return {name: str(value) for name, value in {**plain, **told.options, **files}.items()}


def _read(home: Path, name: str) -> Run:
    try:
        return read(home, name)
    except RunUnreadable as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> Refusal:
    return Refusal(
        f"Il n'y a pas d'évaluation « {name} », ou plusieurs commencent ainsi : voyez ./guichet eval runs.",
        f"There is no run '{name}', or several begin so: see ./guichet eval runs.",
    )
