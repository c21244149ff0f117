"""The supervisors' desk: presence, teams, notes, labels, saved replies; and controls of the service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0015"

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _conversation(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_conversation_id")
    key = sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=name, ondelete="CASCADE")
    return _text("conversation_id", 32), key


def upgrade() -> None:
    op.add_column("handoffs", sa.Column("team", sa.String(32), server_default="", nullable=False))
    op.add_column("handoffs", sa.Column("read_seq", _SEQUENCE, server_default="0", nullable=False))
    op.add_column("handoffs", sa.Column("seen_seq", _SEQUENCE, server_default="0", nullable=False))
    op.create_index(op.f("ix_handoffs_state"), "handoffs", ["state"])
    op.create_table(
        "presences",
        _text("name", 64),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("teams", _JSON, nullable=False),
        sa.Column("languages", _JSON, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_presences")),
    )
    op.create_table(
        "teams",
        _text("name", 32),
        sa.Column("themes", _JSON, nullable=False),
        sa.Column("languages", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_teams")),
    )
    op.create_table(
        "conversation_notes",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        *_conversation("conversation_notes"),
        _text("kind", 16),
        _text("author", 64),
        _text("text"),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_conversation_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_conversation_notes_conversation_id"), "conversation_notes", ["conversation_id"])
    op.create_table(
        "conversation_labels",
        *_conversation("conversation_labels"),
        _text("label", 40),
        _text("author", 64),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "label", name=op.f("pk_conversation_labels")),
    )
    op.create_table(
        "saved_replies",
        _text("id", 32),
        _text("shortcut", 32),
        _text("language", 8),
        _text("text"),
        _text("author", 64),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_replies")),
    )
    op.create_index("uq_saved_replies_shortcut_language", "saved_replies", ["shortcut", "language"], unique=True)
    op.create_table(
        "controls",
        _text("name", 16),
        _text("id", 32),
        _text("text_fr"),
        _text("text_en"),
        _text("author", 64),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_controls")),
    )
    op.create_table(
        "told",
        *_conversation("told"),
        _text("control_id", 32),
        sa.PrimaryKeyConstraint("conversation_id", "control_id", name=op.f("pk_told")),
    )
