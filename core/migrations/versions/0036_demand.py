"""Questions without an answer: clusters of messages, and the editors' decision on each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0013"

_TIME = sa.DateTime(timezone=True)
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "demand_clusters",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("named_by", sa.String(length=128), nullable=False),
        sa.Column("terms", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=False),
        sa.Column("centroid", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("entry", sa.String(length=129), nullable=False),
        sa.Column("assigned_to", sa.String(length=128), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=False),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_demand_clusters")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_demand_clusters_status", "demand_clusters", ["status"])
    op.create_table(
        "demand_members",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("cluster", _SEQUENCE, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_demand_members_message_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["cluster"], ["demand_clusters.seq"], name=op.f("fk_demand_members_cluster"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_demand_members")),
    )
    op.create_index("ix_demand_members_cluster_at", "demand_members", ["cluster", "at"])
