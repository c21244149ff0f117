"""Periodic jobs, as ``core.database.jobs`` has them."""

from core.database.jobs import begin_job, end_job, held_job

__all__ = ["begin_job", "end_job", "held_job"]
