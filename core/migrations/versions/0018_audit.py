"""The audit: append-only rows, each chained to the previous one, and the head that its writers lock."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0004"

_REFUSAL = "the audit is append-only"


def upgrade() -> None:
    op.create_table(
        "audit_rows",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_rows")),
    )
    op.create_index("ix_audit_rows_target", "audit_rows", ["target"])
    op.create_index("ix_audit_rows_actor", "audit_rows", ["actor"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "digest": "0" * 64}])
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER audit_rows_no_{verb} BEFORE {verb} ON audit_rows BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for verb in ("update", "delete")
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE FUNCTION guichet_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        "CREATE TRIGGER audit_rows_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_rows "
        "FOR EACH STATEMENT EXECUTE FUNCTION guichet_audit_refuse()",
    ]
