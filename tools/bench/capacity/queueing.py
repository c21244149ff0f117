"""Closed forms for queues. Times in and out are of the same unit; rates are of its inverse."""

from __future__ import annotations

import math


def erlang_c(servers: int, offered: float) -> float:
    """Chance that a customer of M/M/c has to wait, ``offered`` being rate × service time; 1 where it is saturated."""
    if offered >= servers:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion, which does not overflow
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    utilisation = offered / servers
    return blocked / (1 - utilisation * (1 - blocked))


def wait(rate: float, service: float, servers: int = 1, variation: float = 1.0) -> float:
    """Mean wait in the queue of M/G/c, infinite where it is saturated.

    ``variation``: the service time's squared coefficient of variation. Exact for M/M/c (1) and for one server (Pollaczek and
    Khinchine), else Allen and Cunneen's approximation.
    """
    offered = rate * service
    if offered >= servers:
        return math.inf
    return erlang_c(servers, offered) * service / (servers - offered) * (1 + variation) / 2
