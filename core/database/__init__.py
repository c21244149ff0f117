"""The record: one SQLAlchemy model on SQLite and PostgreSQL."""

from core.database.engine import Database

__all__ = ["Database"]
