"""The measurements themselves."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from cli.processes import kind_of
from cli.supervisor import Supervisor
from core.action_server import action_server
from core.settings import ROOT, Settings
from tools.bench import energy, processor
from tools.bench.client import Citizen
from tools.bench.memory import proportional_mb
from tools.bench.statistics import percentiles

_QUESTIONS = ROOT / "tests" / "evaluation" / "questions"
_WARM_UP = 10
_TURNS = 5  # turns in a conversation


def questions(folder: Path = _QUESTIONS) -> Iterator[str]:
    """Yields the project's own questions, endlessly."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines() if line.strip()]
    return itertools.cycle(json.loads(line)["question"] for line in lines)


async def search_latency(settings: Settings, count: int) -> dict[str, float]:
    """Returns the time of a search as measured by the caller, and of its embedding as measured by the engine."""
    totals, embeddings = [], []
    asked = questions()
    async with action_server(settings, seconds=30) as client:
        for number in range(count + _WARM_UP):
            started = time.perf_counter()
            body = {"query": next(asked), "locale": "fr", "limit": 5}
            answer = await client.post("/search", json=body)
            answer.raise_for_status()
            if number >= _WARM_UP:
                totals.append((time.perf_counter() - started) * 1000)
                embeddings.append(answer.json()["timings_ms"]["embed"])
    return percentiles(totals, "search") | percentiles(embeddings, "search.embedding")


async def rasa_latency(settings: Settings, count: int) -> dict[str, float]:
    """Returns the time inside Rasa of a turn without an action: understanding, policies, tracker. Each in a fresh
    conversation.
    """
    times = []
    async with httpx.AsyncClient(headers=settings.internal_headers, timeout=30, trust_env=False) as client:
        for number in range(count + _WARM_UP):
            body = {
                "conversation": uuid.uuid4().hex,
                "message_id": uuid.uuid4().hex,
                "channel": "web",
                "language": "fr",
                "text": "bonjour",
                "payload": None,
            }
            started = time.perf_counter()
            answer = await client.post(f"{settings.rasa_url}/webhooks/guichet/turns", json=body)
            answer.raise_for_status()
            await client.delete(f"{settings.rasa_url}/webhooks/guichet/conversations/{body['conversation']}")
            if number >= _WARM_UP:
                times.append((time.perf_counter() - started) * 1000)
    return percentiles(times, "rasa")


async def turn_latency(settings: Settings, count: int) -> dict[str, Any]:
    """Returns the time of a whole turn on the website, each in a conversation of its own, one after the other; and the
    processor time and energy of the stack (including opening the conversation), which other programs affect less.
    """
    times, outcomes = [], []
    asked = questions()
    pids = {state.name: state.keeper for state in Supervisor(settings.home).states() if state.keeper}
    before: dict[str, float] = {}
    energy_before = energy.read()
    for number in range(count + _WARM_UP):
        if number == _WARM_UP:
            before, energy_before = processor.seconds(pids), energy.read()
        async with Citizen(settings) as citizen:
            reply, milliseconds = await citizen.ask(next(asked))
        if number >= _WARM_UP:
            times.append(milliseconds)
            outcomes.append(reply["outcome"])
    used: dict[str, float] = defaultdict(float)
    for name, spent in processor.per_turn_ms(before, processor.seconds(pids), count).items():
        used[kind_of(name)] += spent
    cpu_seconds = sum(used.values()) / 1000
    joules, method = energy.used(energy_before, energy.read(), cpu_seconds * count)
    report: dict[str, Any] = percentiles(times, "turn.web") | {"turn.web.fallbacks": outcomes.count("fallback")}
    report |= {
        "turn.web.cpu_s": round(cpu_seconds, 3),
        "turn.web.joules": round(joules / count, 2),
        "turn.web.joules_by": method,
    }
    return report | {"turn.web.cpu_ms": {name: round(spent, 1) for name, spent in (used | {"all": sum(used.values())}).items()}}


async def conversation_growth(settings: Settings, turns: int) -> dict[str, float]:
    """Returns the median times of turns 3 to 7 and of the last five, in one conversation of ``turns`` turns; and their
    ratio.
    """
    times = []
    asked = questions()
    async with Citizen(settings) as citizen:
        for _ in range(turns):
            times.append((await citizen.ask(next(asked)))[1])
    early, late = (sorted(part)[2] for part in (times[2:7], times[-5:]))
    name = f"turn.web.turn_{turns}_to_turn_5"
    return {"turn.web.turn_5_ms": round(early, 1), f"turn.web.turn_{turns}_ms": round(late, 1), name: round(late / early, 2)}


async def throughput(settings: Settings, seconds: float, citizens: int) -> dict[str, float]:
    """Returns the turns a second with ``citizens`` who each ask again after each reply; and the load generator's own CPU
    share.
    """
    done = 0

    def answered() -> None:
        nonlocal done
        done += 1

    own, started = time.process_time(), time.perf_counter()
    deadline = started + seconds
    await asking_on(settings, citizens, lambda: time.perf_counter() < deadline, answered)
    elapsed = time.perf_counter() - started
    generator = (time.process_time() - own) / elapsed / (os.cpu_count() or 1)
    return {"turns_per_second": round(done / elapsed, 1), "turns_per_second.generator_cpu_share": round(generator, 3)}


async def asking_on(settings: Settings, citizens: int, wanted: Callable[[], bool], answered: Callable[[], None]) -> None:
    """Lets ``citizens`` ask again after each reply, in conversations of ``_TURNS`` turns, and begin another one while it is
    ``wanted``. Calls ``answered`` for each turn.
    """
    asked = questions()

    async def talk() -> None:
        while wanted():
            async with Citizen(settings) as citizen:
                for _ in range(_TURNS):
                    await citizen.ask(next(asked))
                    answered()

    await asyncio.gather(*(talk() for _ in range(citizens)))


def memory(settings: Settings) -> dict[str, Any]:
    """Returns the proportional set size of every process of the stack, and their sum (``rss_mb``)."""
    by_process = proportional_mb({state.name: state.keeper for state in Supervisor(settings.home).states() if state.keeper})
    return {"rss_mb": round(sum(by_process.values()), 1), "rss_mb.by_process": by_process}
