"""Answers that wait for a supervisor before they are sent, and the subjects whose answers wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0060"

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)


def _text(name: str, length: int | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length) if length else sa.Text(), nullable=False)


def _key(name: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_held_answers_{name}"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "checked_subjects",
        _text("theme", 100),
        sa.Column("minutes", sa.Integer(), nullable=False),
        _text("author", 64),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("theme", name=op.f("pk_checked_subjects")),
    )
    op.create_table(
        "held_answers",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        _text("id", 32),
        _text("conversation_id", 32),
        _text("handoff_id", 32),
        _text("message_id", 32),
        _text("outcome", 16),
        sa.Column("blocks", _JSON, nullable=False),
        _text("entry", 64),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        _text("snapshot", 64),
        sa.Column("confidence", sa.Double(), nullable=True),
        _text("text"),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("offered", _JSON, nullable=False),
        sa.Column("rest", _JSON, nullable=False),
        _text("state", 16),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        _text("decided_by", 64),
        sa.Column("decided_at", _TIME, nullable=True),
        _key("conversation_id", "conversations"),
        _key("handoff_id", "handoffs"),
        _key("message_id", "messages"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_held_answers")),
        sa.UniqueConstraint("id", name=op.f("uq_held_answers_id")),
        sqlite_autoincrement=True,
    )
    for column in ("conversation_id", "handoff_id", "message_id", "state"):
        op.create_index(op.f(f"ix_held_answers_{column}"), "held_answers", [column])
