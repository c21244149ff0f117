"""``./guichet database``: the record's schema."""

from __future__ import annotations

import typer

from cli.language import Refusal
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
        raise Refusal(
            f"Les tables sont d'une version plus récente ({error}), dont celle-ci ne s'accommode pas. Rien n'a été changé : "
            "remettez cette version-là, ou une sauvegarde d'avant la mise à jour (./guichet restore FICHIER).",
            f"The tables are of a newer version ({error}), which this one cannot work with. Nothing was changed: put that "
            "version back, or a backup from before the update (./guichet restore FILE).",
        ) from None
    if found != code_revision():
        report_done(
            f"Les tables sont d'une version plus récente ({found}), avec lesquelles celle-ci travaille.",
            f"The tables are of a newer version ({found}), which this one works with.",
        )
