"""The record: one SQLAlchemy model for SQLite and PostgreSQL."""

from core.database.engine import LEDGER, Database

__all__ = ["LEDGER", "Database"]
