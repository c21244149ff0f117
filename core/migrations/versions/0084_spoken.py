"""The language in which the citizen last wrote: the press of a button is answered in it."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("spoken", sa.String(8), nullable=True))
