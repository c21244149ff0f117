"""``./guichet database``: the record's schema."""

import typer

from cli.language import Refusal, sentence
from cli.progress import report_done
from core.database.migrate import NewerTables, code_revision
from core.database.migrate import upgrade as upgrade_schema
from core.settings import Settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep ``upgrade`` a subcommand."""


@app.command()
def upgrade() -> None:
    """Bring the record's tables up to this version (Alembic)."""
    settings = Settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        found = upgrade_schema(settings.sql_url)
    except NewerTables as error:
        raise Refusal(*sentence("tables_too_new", error=error)) from None
    if found != code_revision():
        report_done(*sentence("tables_newer", found=found))
