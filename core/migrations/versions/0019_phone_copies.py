"""Copies of web answers to a telephone, and how many a number received in a day."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "phone_copies",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("reply_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=True),
        sa.Column("number_hint", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_phone_copies_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_phone_copies")),
    )
    op.create_index(op.f("ix_phone_copies_asked_at"), "phone_copies", ["asked_at"])
    op.add_column("number_usage", sa.Column("copies", sa.Integer(), server_default="0", nullable=False))
