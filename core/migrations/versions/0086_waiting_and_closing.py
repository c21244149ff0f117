"""Indexes of the few rows that wait, will soon be erased, or are being filled in. Before, whole tables were read."""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"


def upgrade() -> None:
    waiting, closing, filled_in = (
        sa.text("outcome IS NULL"),
        sa.text("closing IS true"),
        sa.text("collecting_since IS NOT NULL"),
    )
    op.create_index("ix_messages_waiting_since", "messages", ["received_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(
        "ix_conversations_closing", "conversations", ["last_at"], sqlite_where=sa.text("closing IS 1"), postgresql_where=closing
    )
    op.create_index(
        "ix_handoffs_collecting", "handoffs", ["collecting_since"], sqlite_where=filled_in, postgresql_where=filled_in
    )
