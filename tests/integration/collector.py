"""A collector of our own making: takes traces over OTLP/HTTP, as they come over the wire."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse

from tests.integration.channels_support import served
from tests.integration.servers import free_port


@dataclass(frozen=True)
class Seen:
    """One span: ids in hexadecimal, times in nanoseconds, ``about`` without the prefix of its keys."""

    process: str
    name: str
    trace: str
    id: str
    parent: str
    began: int
    ended: int
    failed: bool
    about: dict[str, Any]


@dataclass
class Collector:
    """``spans`` came in at ``url``; ``raw`` is every byte of them, with the requests' headers."""

    port: int = field(default_factory=free_port)
    spans: list[Seen] = field(default_factory=list)
    raw: bytearray = field(default_factory=bytearray)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/traces")
        async def take(request: Request) -> Response:
            body = gzip.decompress(await request.body())
            self.raw += str(request.headers.items()).encode() + body
            for of_process in ExportTraceServiceRequest.FromString(body).resource_spans:
                (process,) = (one.value.string_value for one in of_process.resource.attributes if one.key == "service.name")
                self.spans += [_seen(process, span) for scope in of_process.scope_spans for span in scope.spans]
            return Response(ExportTraceServiceResponse().SerializeToString(), media_type="application/x-protobuf")

        return app

    def named(self, name: str) -> list[Seen]:
        return [span for span in self.spans if span.name == name]

    def path(self, span: Seen) -> list[str]:
        """The names from the first span of its trace down to ``span``; ``missing`` for a parent that never came."""
        if not span.parent:
            return [span.name]
        above = [one for one in self.spans if (one.trace, one.id) == (span.trace, span.parent)]
        return [*(self.path(above[0]) if above else ["missing"]), span.name]


def _seen(process: str, span: Any) -> Seen:
    about = {one.key.removeprefix("guichet."): _value(one.value) for one in span.attributes}
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    times = (span.start_time_unix_nano, span.end_time_unix_nano)
    assert not span.events
    return Seen(process, span.name, *ids, *times, failed=span.status.code == 2, about=about)


def _value(value: Any) -> Any:
    return getattr(value, value.WhichOneof("value"))


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector that listens while the block runs."""
    collector = Collector()
    async with served(collector.app(), collector.port):
        yield collector
