"""Counts of each day, and review: sampled replies, verdicts, corrections, and answers that wait for approval."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "insight_days",
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin", "day", name=op.f("pk_insight_days")),
    )
    op.create_table(
        "insight_figures",
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("theme", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("origin", "kind", "day", "channel", "theme", "key", name=op.f("pk_insight_figures")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_insight_figures_key", "insight_figures", ["origin", "kind", "key", "day"])

    op.create_table(
        "corrections",
        sa.Column("reply_id", sa.String(length=32), nullable=False),
        sa.Column("correction_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["replies.id"], name=op.f("fk_corrections_correction_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_corrections_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_correction_id", "corrections", ["correction_id"])

    op.create_table(
        "editor_tasks",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("reply_id", sa.String(length=32), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_editor_tasks_reply_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_editor_tasks")),
    )
    op.create_index("ix_editor_tasks_closed_at", "editor_tasks", ["closed_at"])
    op.create_index("ix_editor_tasks_reply_id", "editor_tasks", ["reply_id"])

    op.create_table(
        "review_items",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reply_id", sa.String(length=32), nullable=False),
        sa.Column("stratum", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_review_items_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_review_items")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_review_items_reply_id")),
    )
    op.create_index("ix_review_items_day", "review_items", ["day"])

    op.create_table(
        "verdicts",
        sa.Column("item", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reviewer", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["review_items.seq"], name=op.f("fk_verdicts_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item", "reviewer", name=op.f("pk_verdicts")),
    )
    op.create_index("ix_replies_entry_created_at", "replies", ["entry", "created_at"])
