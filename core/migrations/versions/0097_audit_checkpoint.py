"""Audit rows up to a checkpoint may be deleted; the triggers refuse every other deletion as before."""

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0096"

_SQLITE = (
    "DROP TRIGGER audit_rows_no_delete",
    """CREATE TRIGGER audit_rows_no_delete BEFORE DELETE ON audit_rows
    WHEN OLD.seq > (SELECT checkpoint FROM audit_head WHERE id = 1)
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
)
_POSTGRESQL = (
    "DROP TRIGGER audit_rows_no_change ON audit_rows",
    """CREATE TRIGGER audit_rows_no_change BEFORE UPDATE OR TRUNCATE ON audit_rows
    FOR EACH STATEMENT EXECUTE FUNCTION guichet_audit_refuse()""",
    """CREATE FUNCTION guichet_audit_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF OLD.seq > (SELECT checkpoint FROM audit_head WHERE id = 1) THEN
        RAISE EXCEPTION 'the audit is append-only';
    END IF;
    RETURN OLD; END $$""",
    """CREATE TRIGGER audit_rows_no_delete BEFORE DELETE ON audit_rows
    FOR EACH ROW EXECUTE FUNCTION guichet_audit_refuse_delete()""",
)


def upgrade() -> None:
    op.add_column("audit_head", sa.Column("checkpoint", sa.BigInteger(), nullable=False, server_default="0"))
    # The triggers refuse less than before, so that a version of before works with them.
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.execute(sa.text(statement))
