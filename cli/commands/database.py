"""``./guichet database``: the record's schema."""

from __future__ import annotations

import typer

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
    upgrade_schema(settings.sql_url)
