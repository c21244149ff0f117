"""One trace a message through gateway, worker, engine and actions, as a collector gets it over OTLP/HTTP."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from actions.server.app import create_app
from core.database import Database
from core.database.models import Message
from core.settings import ROOT, Settings
from core.telemetry import tracing
from core.telemetry.tracing import traced
from tests.integration.channels_support import SECRET, guichet, served, settings_for, working
from tests.integration.collector import Collector, collecting
from tests.integration.migrated import migrated
from tests.integration.servers import free_port
from tests.integration.sms_support import FakeTwilio, inbound, post
from tests.unit.actions.fakes import FakeKnowledge
from tests.waiting import until

_MESSAGE = "0123456789abcdef0123456789abcdef"


async def _settings(redis_url: str, home: Path, **changes: Any) -> Settings:
    settings = settings_for(f"sqlite+aiosqlite:///{home / 'guichet.db'}", redis_url, home, **changes)
    await migrated(settings.sql_url)
    return settings


def _of(collector: Collector, trace: str) -> Counter[str]:
    return Counter(" ".join(collector.path(span)) for span in collector.spans if span.trace == trace)


async def _ids(settings: Settings) -> list[str]:
    database = Database(settings.sql_url)
    async with database.read() as session:
        found = list((await session.execute(select(Message.id).order_by(Message.seq))).scalars())
    await database.close()
    return found


async def _call_action(settings: Settings, traceparent: str) -> None:
    """What Rasa does with the header that the worker sent (``bot.trace``, tested with the real one in test_rasa_turns)."""
    message = {"text": "carte perdue", "intent": {"name": "enquiry"}, "entities": []}
    tracker = {"sender_id": "c", "slots": {}, "latest_message": message, "latest_input_channel": "web", "events": []}
    call = {"next_action": "action_answer_enquiry", "sender_id": "c", "tracker": tracker}
    headers = {"X-Guichet-Secret": SECRET, "traceparent": traceparent}
    async with served(create_app(settings, FakeKnowledge()), settings.actions_port), httpx.AsyncClient() as http:
        (await http.post(f"{settings.actions_url}/webhook", json=call, headers=headers)).raise_for_status()


async def test_a_message_is_one_trace_whose_id_is_its_own(redis_url: str, tmp_path: Path) -> None:
    async with collecting() as collector:
        settings = await _settings(redis_url, tmp_path, otlp_endpoint=collector.url)
        with traced(settings, "probe"):
            async with guichet(settings) as service, working(settings):
                citizen = await service.citizen()
                async with service.http.stream("GET", "/api/web/events", headers=citizen.headers) as events:
                    lines = events.aiter_lines()
                    await anext(lines)
                    await citizen.post("ma carte est perdue")
                    while '"reply"' not in await anext(lines):
                        pass
                    await asyncio.sleep(0)
                    await citizen.post("nonsense")  # the engine's answer is no turn
                    while '"reply"' not in await anext(lines):
                        pass
                await _call_action(settings, service.rasa.traces[0])
        await until(_truth(lambda: collector.named("search")))
    first, second = await _ids(settings)
    assert _of(collector, first) == Counter(
        {
            "message": 1,
            "message commit": 1,
            "message wake-up": 1,
            "message wait": 1,
            "message turn": 1,
            "message turn rasa": 1,
            "message turn rasa understand": 1,
            "message turn rasa action": 1,
            "message turn rasa action search": 1,
            "message turn commit": 1,
            "message send": 1,
        }
    )
    turns = {span.trace: span for span in collector.named("turn")}
    assert turns[first].about == {"channel": "web", "origin": "citizen", "attempt": 1, "outcome": "answered"}
    assert turns[second].about["outcome"] == "fallback"
    (refused,) = (span for span in collector.named("rasa") if span.trace == second)
    assert (refused.failed, refused.about) == (True, {"attempts": 1, "error": "EngineRefused"})
    for span in collector.spans:
        assert span.began <= span.ended, span
        assert span.process == "probe"


async def test_an_sms_is_traced_to_its_provider_and_says_nothing(redis_url: str, tmp_path: Path, twilio: FakeTwilio) -> None:
    async with collecting() as collector:
        settings = await _settings(redis_url, tmp_path, otlp_endpoint=collector.url, **twilio.settings)
        with traced(settings, "probe"):
            async with guichet(settings) as service, working(settings):
                await post(service.http, settings, inbound("Sophie Lemercier, 06 39 98 77 66 : où voter ?"))
                await until(_truth(lambda: len(twilio.sent) == 2))  # who writes for the first time is told of the service
    (message,) = await _ids(settings)
    assert _of(collector, message)["message turn send"] == 2
    assert {span.about["provider"] for span in collector.named("send")} == {"twilio"}
    for said in (b"Lemercier", b"emercier", b"voter", b"9987", b"639", b"Twilio-Signature"):
        assert said not in collector.raw, said


async def test_what_is_no_word_of_ours_stays_here(redis_url: str, tmp_path: Path) -> None:
    async with collecting() as collector:
        settings = await _settings(redis_url, tmp_path, otlp_endpoint=collector.url, otlp_headers="X-Key=abc, X-Other=d")
        with traced(settings, "probe"), pytest.raises(LookupError):
            _fail()
        (seen,) = await until(_truth(lambda: collector.spans))
    assert (seen.about, seen.failed) == ({"outcome": "?", "channel": "?", "attempt": 2, "error": "LookupError"}, True)
    assert (seen.trace, seen.parent) == (_MESSAGE, _MESSAGE[16:])
    assert b"Canaris" not in collector.raw
    assert b"'x-key', 'abc'" in collector.raw


def _fail() -> None:
    with tracing.span("turn", within=_MESSAGE) as span:
        span.note(outcome="Sophie Lemercier", channel="0639987766", attempt=2)
        raise LookupError("12 rue des Canaris")


async def test_every_process_traces_the_same_share(redis_url: str, tmp_path: Path) -> None:
    async with collecting() as collector:
        settings = await _settings(redis_url, tmp_path, otlp_endpoint=collector.url, otlp_share=0.25)
        low, high = "f" * 16 + "3" + "0" * 15, "0" * 16 + "4" + "1" * 15
        for process in ("gateway", "worker"):
            with traced(settings, process):
                for message in (low, high, "no id of ours"):
                    if process == "gateway":
                        tracing.record_received(message, [("commit", 1, 2)], channel="web")
                    with tracing.span("turn", within=message):
                        assert bool(tracing.traceparent()) == (message == low)
        await until(_truth(lambda: len(collector.spans) == 4))
    assert {(span.process, span.trace) for span in collector.spans} == {("gateway", low), ("worker", low)}


async def test_a_collector_that_is_away_costs_its_spans_only(redis_url: str, tmp_path: Path) -> None:
    settings = await _settings(redis_url, tmp_path, otlp_endpoint=f"http://127.0.0.1:{free_port()}")
    with traced(settings, "probe"):
        async with guichet(settings) as service, working(settings):
            citizen = await service.citizen()
            await citizen.post("carte perdue")
            assert [reply["outcome"] for reply in await citizen.answered(1)] == ["answered"]
            with tracing.continue_trace("00-nothing-01"), tracing.span("action"):
                assert tracing.traceparent() == ""


def test_who_traces_nothing_loads_nothing() -> None:
    code = (
        "import sys; from pathlib import Path; from cli.gateway import create; from core.settings import Settings;"
        "from core.telemetry.tracing import traced\n"
        "keys = dict.fromkeys(('secret_key', 'internal_secret', 'address_key'), 'x' * 32)\n"
        "settings = Settings(_env_file=None, home=Path('/nonexistent'), **keys)\n"
        "with traced(settings, 'gateway'): create(settings)\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk.trace', 'opentelemetry.exporter'))])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines()[-1] == "[]"


def _truth(condition: Any) -> Any:
    async def asked() -> Any:
        return condition()

    return asked
