"""Simulates turns in the queues of gateway, worker, Rasa and action server, as discrete events.

A process does one thing at a time, in the order of arrival, and needs a core of its node for it, without preemption. A gateway,
Rasa and an action server are drawn at random for each turn, as by a simple load balancer. Messages wait for the first worker
with a free slot, as in Guichet.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from tools.bench.capacity.figures import KINDS
from tools.bench.capacity.work import OTHER, Layout, Work

_PAUSE = 5.0  # seconds before the measurement of a saturated system

type Steps = Generator[simpy.Event, Any, None]
type Factor = Callable[[np.random.Generator], float]


@dataclass
class Seen:
    """The results of each turn, in the order of its end: when it came (seconds), its duration, and its time in the queue after
    the acknowledgement (seconds). ``busy``: core seconds used until ``end``.
    """

    came: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    queued: list[float] = field(default_factory=list)
    busy: float = 0.0
    end: float = 0.0


class _Process:
    def __init__(self, environment: simpy.Environment, cores: simpy.Resource) -> None:
        self.turn, self.cores, self.in_hand = simpy.Resource(environment), cores, 0


class _Stack:
    def __init__(self, of: Work, layout: Layout, seed: int, factor: Factor | None = None) -> None:
        self._work, self._factor = of, factor or _lognormal(of.sigma)
        self._chance = np.random.default_rng(seed)
        self.environment = simpy.Environment()
        self._cores = [simpy.Resource(self.environment, capacity=cores) for cores in layout.cores]
        self._processes = {
            kind: [_Process(self.environment, self._cores[node]) for node in layout.places[kind]] for kind in KINDS
        }
        self._room = simpy.Resource(self.environment, capacity=layout.concurrency * layout.count("worker"))
        self.seen = Seen()

    def turn(self) -> Steps:
        """Simulates one turn from a citizen's message to the reply; later work continues by itself."""
        clock, came = self.environment, self.environment.now
        factor = self._factor(self._chance) / 1000  # milliseconds to seconds
        here = {kind: of[int(self._chance.integers(len(of)))] for kind, of in self._processes.items() if kind != "worker"}
        first, *inner, last = self._work.way
        yield from self._visit(here[first[0]], first[1] * factor)
        acknowledged = clock.now
        room = self._room.request()
        yield room
        worker = here["worker"] = min(self._processes["worker"], key=lambda one: one.in_hand)
        worker.in_hand += 1
        for kind, ms in inner:
            yield from self._visit(here[kind], ms * factor)
        if self._work.elsewhere_ms:
            yield clock.timeout(self._work.elsewhere_ms * factor)
        worker.in_hand -= 1
        self._room.release(room)
        queued = clock.now - acknowledged
        yield from self._visit(here[last[0]], last[1] * factor)
        self.seen.came.append(came)
        self.seen.took.append(clock.now - came)
        self.seen.queued.append(queued)
        for kind, ms in self._work.aside:
            clock.process(self._visit(here[kind], ms * factor) if kind != OTHER else self._alone(ms * factor))

    def arrivals(self, times: Sequence[float]) -> Steps:
        """Starts a turn at each of ``times``, in order."""
        for at in times:
            yield self.environment.timeout(at - self.environment.now)
            self.environment.process(self.turn())

    def citizen(self) -> Steps:
        """Simulates a citizen who asks again after each reply."""
        while True:
            yield from self.turn()

    def _visit(self, process: _Process, seconds: float) -> Steps:
        if not seconds:
            return
        held = process.turn.request()
        yield held
        yield from self._on(process.cores, seconds)
        process.turn.release(held)

    def _alone(self, seconds: float) -> Steps:
        yield from self._on(self._cores[int(self._chance.integers(len(self._cores)))], seconds)

    def _on(self, cores: simpy.Resource, seconds: float) -> Steps:
        if not seconds:
            return
        core = cores.request()
        yield core
        yield self.environment.timeout(seconds)
        cores.release(core)
        self.seen.busy += seconds


def _lognormal(sigma: float) -> Factor:
    return lambda chance: float(np.exp(sigma * chance.standard_normal() - sigma**2 / 2))


def through(of: Work, layout: Layout, times: Sequence[float], seed: int, factor: Factor | None = None) -> Seen:
    """Returns the results of messages at ``times`` (ascending seconds), until the last one's work is done.

    ``factor``: the duration of a turn as a multiple of the mean; lognormal unless given.
    """
    stack = _Stack(of, layout, seed, factor)
    stack.environment.process(stack.arrivals(times))
    stack.environment.run()
    stack.seen.end = stack.environment.now
    return stack.seen


def saturated(of: Work, layout: Layout, citizens: int, turns: int, seed: int) -> tuple[float, Seen]:
    """Returns the turns a second of ``citizens`` who each ask again after each reply, over about ``turns``; and the results."""
    stack = _Stack(of, layout, seed)
    for _ in range(citizens):
        stack.environment.process(stack.citizen())
    stack.environment.run(until=_PAUSE)
    before, done = _PAUSE, len(stack.seen.took)
    seconds = max(_PAUSE, turns * _PAUSE / max(1, done))
    stack.environment.run(until=before + seconds)
    stack.seen.end = stack.environment.now
    return (len(stack.seen.took) - done) / seconds, stack.seen
