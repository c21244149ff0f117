"""Traces: one for each message, through every process, from its receipt to what was sent for it.

Off unless ``GUICHET_OTLP_ENDPOINT`` is set: nothing of OpenTelemetry's SDK is then imported, and a call here is a comparison.

A trace's id is its message's id, which is random, and the id of its first span is made from that. So each process knows by
itself to which trace a message belongs, whether it heard of it by a wake-up, a sweep or from a worker that died; and
``./guichet logs --about ID`` prints the lines that belong to a trace.

Spans hold names, times, and words of closed lists: no text, no number, no address, no exception's message.
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
Part = tuple[str, int, int]  # name, began, ended: nanoseconds since 1970

_traces: Traces | None = None


class Span:
    """What can be said of a span while it runs. This one, which stands in where nothing is traced, keeps nothing."""

    def note(self, **values: Value) -> None:
        """Words of closed lists, and figures."""

    def fail(self, reason: str) -> None:
        """It came to nothing; ``reason`` is a word of the code's, such as an exception's type."""


SILENT = Span()


@contextmanager
def traced(settings: Settings, process: str) -> Iterator[None]:
    """Send this process's spans to the collector that ``settings`` name, if any, while the block runs."""
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
    """A span around the block: part of the one that runs, else of the trace of the message ``within``, else none at all."""
    return nullcontext(SILENT) if _traces is None else _traces.span(name, kind, within, values)


def received(message: str, parts: Sequence[Part], **values: Value) -> None:
    """The first span of a message's trace, of what is over: from the first part's beginning to the last one's end."""
    if _traces is not None:
        _traces.first(message, parts, values)


def past(name: str, began: int, ended: int, *, within: str = "", parts: Sequence[Part] = (), **values: Value) -> None:
    """A span of what is over (nanoseconds since 1970), with its parts; it belongs where ``span`` would."""
    if _traces is not None:
        _traces.past((name, began, ended), parts, within, values)


def moment(at: datetime) -> int:
    """``at`` in nanoseconds since 1970."""
    return int(at.timestamp() * 1e9)


def traceparent() -> str:
    """Returns the header by which another process goes on with the span that runs (W3C Trace Context); empty without one."""
    return "" if _traces is None else _traces.traceparent()


def continuing(header: str) -> AbstractContextManager[None]:
    """Within the block, spans belong to the one that ``header`` names; one that is malformed or missing changes nothing."""
    return nullcontext() if _traces is None else _traces.continuing(header)
