"""Spans by OpenTelemetry's SDK, sent over OTLP/HTTP by a separate thread. Imported only if traces are enabled."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from core.settings import Settings
from core.telemetry.tracing import SILENT, Kind, Part, Span, Value
from core.version import version

_SEND_SECONDS = 2.0  # a collector that does not answer loses spans, and delays nothing: not even the end of a process
_LOW = 2**64 - 1
_MESSAGE = re.compile(r"[0-9a-f]{32}")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-01")
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,47}")  # excludes sentences, numbers and addresses
_KINDS: Mapping[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "consumer": SpanKind.CONSUMER,
}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_first_ids: ContextVar[SpanContext | None] = ContextVar("first_ids", default=None)


class _Ids(RandomIdGenerator):
    """Random ids, except for a message's first span, whose ids are derived from the message."""

    def generate_trace_id(self) -> int:
        given = _first_ids.get()
        return super().generate_trace_id() if given is None else given.trace_id

    def generate_span_id(self) -> int:
        given = _first_ids.get()
        return super().generate_span_id() if given is None else given.span_id


class _Recorded(Span):
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def note(self, **values: Value) -> None:
        self._span.set_attributes(_harmless(values))

    def fail(self, reason: str) -> None:
        self._span.set_attributes(_harmless({"error": reason}))
        self._span.set_status(Status(StatusCode.ERROR))


class Traces:
    """The spans of one process. A share of all messages is traced (``settings.otlp_share``): the same ones in every process."""

    def __init__(self, settings: Settings, process: str) -> None:
        resource = {"service.namespace": "guichet", "service.name": process, "service.version": version()}
        resource["service.instance.id"] = f"{process}-{os.getpid()}"
        self._below = int(settings.otlp_share * 2**64)
        self._provider = TracerProvider(
            sampler=ALWAYS_ON, resource=Resource(resource), shutdown_on_exit=False, id_generator=_Ids()
        )
        exporter = OTLPSpanExporter(
            f"{settings.otlp_endpoint.rstrip('/')}/v1/traces",
            headers=_headers(settings.otlp_headers.get_secret_value()),
            timeout=_SEND_SECONDS,
            compression=Compression.Gzip,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        # Not registered globally: libraries with their own spans would put addresses and statements into them.
        self._tracer = self._provider.get_tracer("guichet")

    @contextmanager
    def span(self, name: str, kind: Kind, within: str, values: Mapping[str, Value]) -> Iterator[Span]:
        """Implements ``tracing.span``."""
        place = self._parent(within)
        if place is None:
            yield SILENT
            return
        running = self._tracer.start_span(name, place, _KINDS[kind], _harmless(values))
        recorded = _Recorded(running)
        with trace.use_span(running, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            try:
                yield recorded
            except BaseException as error:
                recorded.fail(type(error).__name__)  # its message may quote what a citizen wrote
                raise

    def record_received(self, message: str, parts: Sequence[Part], values: Mapping[str, Value]) -> None:
        """Implements ``tracing.received``."""
        ids = self._first(message)
        if ids is None:
            return
        token = _first_ids.set(ids)
        try:
            root = self._tracer.start_span("message", Context(), SpanKind.SERVER, _harmless(values), start_time=parts[0][1])
        finally:
            _first_ids.reset(token)
        self._parts(root, parts)
        root.end(parts[-1][2])

    def record_span(self, whole: Part, parts: Sequence[Part], within: str, values: Mapping[str, Value]) -> None:
        """Implements ``tracing.past``. If the clocks of two machines differ, a span never ends before it began."""
        place = self._parent(within)
        if place is None:
            return
        name, began, ended = whole
        over = self._tracer.start_span(name, place, attributes=_harmless(values), start_time=began)
        self._parts(over, parts)
        over.end(max(began, ended))

    def _parts(self, whole: trace.Span, parts: Sequence[Part]) -> None:
        place = trace.set_span_in_context(whole, Context())
        for name, began, ended in parts:
            self._tracer.start_span(name, place, start_time=began).end(max(began, ended))

    def traceparent(self) -> str:
        """Implements ``tracing.traceparent``."""
        here = trace.get_current_span().get_span_context()
        return f"00-{here.trace_id:032x}-{here.span_id:016x}-01" if here.is_valid else ""

    @contextmanager
    def continue_trace(self, header: str) -> Iterator[None]:
        """Implements ``tracing.continuing``."""
        named = _TRACEPARENT.fullmatch(header)
        if named is None:
            yield
            return
        parent = SpanContext(int(named[1], 16), int(named[2], 16), is_remote=True, trace_flags=_SAMPLED)
        token = context.attach(trace.set_span_in_context(NonRecordingSpan(parent)))
        try:
            yield
        finally:
            context.detach(token)

    def close(self) -> None:
        """Sends the remaining spans."""
        self._provider.shutdown()

    def _parent(self, within: str) -> Context | None:
        if trace.get_current_span().get_span_context().is_valid:
            return context.get_current()
        first = self._first(within)
        return None if first is None else trace.set_span_in_context(NonRecordingSpan(first), Context())

    def _first(self, message: str) -> SpanContext | None:
        """Returns the ids of the first span of ``message``; ``None`` if it is not traced, or not one of our messages."""
        if not _MESSAGE.fullmatch(message):
            return None
        number = int(message, 16)
        low = number & _LOW
        return SpanContext(number, low, is_remote=True, trace_flags=_SAMPLED) if 0 < low < self._below else None


def _harmless(values: Mapping[str, Value]) -> dict[str, Any]:
    """Returns only the numbers and single words in ``values``. Anything else is left out."""
    return {
        f"guichet.{name}": value if isinstance(value, int) or _WORD.fullmatch(value) else "?" for name, value in values.items()
    }


def _headers(written: str) -> dict[str, str]:
    pairs = (one.partition("=") for one in written.split(",") if "=" in one)
    return {name.strip(): value.strip() for name, _, value in pairs}
