"""E-mail to staff: waiting e-mails, and how often each person wants to be told about waiting work."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, SequenceNumber, UtcDateTime

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("seq", SequenceNumber, autoincrement=True, nullable=False),
        sa.Column("staff_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("about", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mails_due", "mails", ["ended_at", "due_at"])
    op.create_index("ix_mails_staff", "mails", ["staff_id", "kind"])
    op.add_column("staff", sa.Column("mail_minutes", sa.Integer(), nullable=True))
