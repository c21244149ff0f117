"""The last choices with their labels, on every channel: typing a label counts as pressing its button."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0083"
down_revision = "0082"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("options", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True))
