"""Numbers that opted out of SMS."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("address_digest", sa.String(length=64), nullable=False),
        sa.Column("stop_message", sa.String(length=32), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address_digest", name=op.f("pk_opt_outs")),
    )
