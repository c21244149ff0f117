"""The editors' work on entries: drafts, steps, autosaves, conflicts, collections, import tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0035"

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("head", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("latest", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("stage", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("publish_at", _TIME, nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=128), nullable=False, server_default=""),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("translation_of", sa.String(length=129), nullable=False, server_default=""),
    ):
        op.add_column("entries", column)
    # Before this revision every entry came from an import, and its last revision was the published one.
    op.execute("UPDATE entries SET head = version, latest = version, base = version")
    op.create_index("ix_entries_stage", "entries", ["stage"])
    op.create_index("ix_entries_translation_of", "entries", ["translation_of"])
    op.add_column("revisions", sa.Column("parent", sa.Integer(), nullable=True))
    op.add_column("import_runs", sa.Column("conflicts", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "steps",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        *_entry_key(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        _of_entry("steps"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_steps")),
    )
    op.create_index("ix_steps_entry", "steps", ["collection", "entry_id"])
    op.create_table(
        "autosaves",
        *_entry_key(),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("started_from", sa.Integer(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("collection", "entry_id", "author", name=op.f("pk_autosaves")),
    )
    op.create_table(
        "conflicts",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        *_entry_key(),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("local", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=True),
        sa.Column("parts", _JSON, nullable=False),
        sa.Column("proposal", _JSON, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("resolved_at", _TIME, nullable=True),
        sa.Column("resolved_by", sa.String(length=128), nullable=False),
        _of_entry("conflicts"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conflicts")),
    )
    op.create_index("ix_conflicts_entry", "conflicts", ["collection", "entry_id"])
    op.create_table(
        "collections",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_collections")),
    )
    op.create_table(
        "collection_rights",
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=128), nullable=False),
        sa.Column("right", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("collection", "account", name=op.f("pk_collection_rights")),
    )
    op.create_table(
        "import_tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("plan", _JSON, nullable=False),
        sa.Column("report", _JSON, nullable=True),
        sa.Column("author", sa.String(length=128), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_tasks")),
    )
    op.create_index("ix_import_tasks_state", "import_tasks", ["state"])


def _entry_key() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
    )


def _of_entry(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["collection", "entry_id"], ["entries.collection", "entries.id"], name=op.f(f"fk_{table}_collection")
    )
