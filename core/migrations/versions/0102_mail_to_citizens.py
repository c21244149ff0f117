"""E-mail to citizens who left their address: of a conversation, and erased with it."""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0100"


def upgrade() -> None:
    with op.batch_alter_table("mails", table_kwargs={"sqlite_autoincrement": True}) as mails:
        mails.alter_column("staff_id", existing_type=sa.String(length=32), nullable=True)
        mails.add_column(sa.Column("conversation_id", sa.String(length=32), nullable=True))
        mails.create_foreign_key("fk_mails_conversation_id", "conversations", ["conversation_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_mails_conversation_id", "mails", ["conversation_id"])
