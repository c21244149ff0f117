"""Traces: one for each message, through every process, from its receipt to the sent reply.

Off unless ``GUICHET_OTLP_ENDPOINT`` is set: then OpenTelemetry's SDK is not imported, and a call here costs one comparison.

A trace's id is its message's id, which is random, and the id of its first span is derived from that. So each process knows
by itself to which trace a message belongs, whether it received it by a wake-up, a sweep or from a dead worker. ``./guichet
logs --about ID`` prints the log lines of a trace.

Spans have names, times, and words of closed lists: no text, no number, no address, no exception's message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from core.settings import Settings

if TYPE_CHECKING:
    from core.telemetry.otlp import Traces

Kind = Literal["internal", "server", "client", "consumer"]
Value = str | int
Part = tuple[str, int, int]  # name, beginning, end: nanoseconds since 1970

_traces: Traces | None = None


class Span:
    """A running span. This class, which is used if nothing is traced, stores nothing."""

    def note(self, **values: Value) -> None:
        """Adds words of closed lists, and numbers."""

    def fail(self, reason: str) -> None:
        """Marks the span as failed. ``reason`` is a fixed word, such as an exception's type."""


SILENT = Span()


@contextmanager
def traced(settings: Settings, process: str) -> Iterator[None]:
    """Sends this process's spans to the collector in ``settings``, if any, while the block runs."""
    global _traces  # noqa: PLW0603 # like the registry of figures, one for a process
    if not settings.otlp_endpoint:
        yield
        return
    from core.telemetry.otlp import Traces  # noqa: PLC0415 # who traces nothing does not pay for it

    _traces = mine = Traces(settings, process)
    try:
        yield
    finally:
        _traces = None
        mine.close()


def span(name: str, *, kind: Kind = "internal", within: str = "", **values: Value) -> AbstractContextManager[Span]:
    """Returns a span around the block: below the running span, else in the trace of the message ``within``, else none."""
    return nullcontext(SILENT) if _traces is None else _traces.span(name, kind, within, values)


def record_received(message: str, parts: Sequence[Part], **values: Value) -> None:
    """Records the first span of a message's trace, after the fact: from the first part's beginning to the last one's end."""
    if _traces is not None:
        _traces.record_received(message, parts, values)


def record_span(name: str, began: int, ended: int, *, within: str = "", parts: Sequence[Part] = (), **values: Value) -> None:
    """Records a finished span (nanoseconds since 1970), with its parts, in the place where ``span`` would put it."""
    if _traces is not None:
        _traces.record_span((name, began, ended), parts, within, values)


def nanoseconds(at: datetime) -> int:
    """Returns ``at`` in nanoseconds since 1970."""
    return int(at.timestamp() * 1e9)


def traceparent() -> str:
    """Returns the header with which another process continues the running span (W3C Trace Context); empty without one."""
    return "" if _traces is None else _traces.traceparent()


def continue_trace(header: str) -> AbstractContextManager[None]:
    """Puts spans within the block under the one in ``header``. A malformed or missing header changes nothing."""
    return nullcontext() if _traces is None else _traces.continue_trace(header)
