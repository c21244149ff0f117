"""The quality of the answers, night by night."""

import sqlalchemy as sa
from alembic import op

from core.database.base import Json, UtcDateTime

revision = "0080"
down_revision = "0061"


def upgrade() -> None:
    op.create_table(
        "quality_nights",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=False),
        sa.Column("golden", Json, nullable=False),
        sa.Column("outcomes", Json, nullable=False),
        sa.Column("searched", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
