"""``./guichet synonyms``: imports the operator's file into the database, and exports the groups in use."""

from pathlib import Path
from typing import Annotated

import typer

from cli.database import run_on_database
from cli.language import Refusal, say, sentence
from cli.progress import report_done
from core.settings import ROOT, Settings
from desk.words import Words
from knowledge_base.synonyms.import_groups import RefusedGroup, import_groups
from knowledge_base.synonyms.store import in_a_line, in_use
from retrieval.query.synonyms import SynonymsUnusable, dump_groups, read_groups

app = typer.Typer(no_args_is_help=True)
_PART = "synonyms"
_FAULTS = ("missing", "too_many", "too_long", "no_word", "personal", "too_common", "same", "both_and_replaces", "note_too_long")


@app.command("take")
def take_file(
    file: Annotated[
        Path | None, typer.Argument(help="A list (YAML); default: GUICHET_SYNONYMS, else synonyms.yml in home.")
    ] = None,
) -> None:
    """Bring a file's groups to the desk, in use. What is there already is left alone; the file may then be put away."""
    file = file or Settings().synonyms_file
    try:
        groups = read_groups(file)
    except SynonymsUnusable as error:
        raise Refusal(f"{error} Rien n'a été repris.", f"{error} Nothing was taken.") from error
    imported = run_on_database(Settings().sql_url, lambda database: import_groups(database, groups, author="cli"))
    for one in imported.refused:
        say(f"Non repris : {_why(one, 'fr')}", f"Not taken: {_why(one, 'en')}")
    report_done(*sentence("synonyms_taken", imported=imported, refused=len(imported.refused), file=file))
    if imported.refused:
        raise typer.Exit(1)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option("--out", help="A file to write; default: standard output.")] = None,
) -> None:
    """Write the desk's groups in use as a list (YAML), as ``import_groups`` reads it."""
    groups = run_on_database(Settings().sql_url, in_use)
    if out is None:
        print(dump_groups(groups), end="")
        return
    try:
        out.write_text(dump_groups(groups), encoding="utf-8")
    except OSError as error:
        raise Refusal(*sentence("file_not_writable", out=out, reason=error.strerror)) from error
    report_done(f"{len(groups)} groupes dans {out}", f"{len(groups)} groups in {out}")


def _why(refused: RefusedGroup, language: str) -> str:
    """Returns the group in one line, with the desk's own text for the fault."""
    words = Words.load({_PART: ROOT / "knowledge_base" / "desk" / _PART})
    kind = "wrong" if refused.code in _FAULTS else "refused"
    sentence = words.text(_PART, f"{kind}_{refused.code}", language, {"wording": refused.wording, "word": refused.wording})
    return f"{in_a_line(refused.group)} – {sentence}"
