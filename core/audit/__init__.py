"""The audit: who did what to which entry, conversation, setting or account. Append-only, hash-chained, with signed heads."""

from core.audit.record import record

__all__ = ["record"]
