"""Closed forms for queues. Times in and out have the same unit; rates have its inverse."""

from __future__ import annotations

import math


def erlang_c(servers: int, offered: float) -> float:
    """Returns the probability that a customer of M/M/c has to wait, with ``offered`` = rate × service time; 1 if saturated."""
    if offered >= servers:
        return 1.0
    blocked = 1.0  # Erlang B by its recursion, which does not overflow
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    utilisation = offered / servers
    return blocked / (1 - utilisation * (1 - blocked))


def wait(rate: float, service: float, servers: int = 1, variation: float = 1.0) -> float:
    """Returns the mean wait in the queue of M/G/c; infinite if saturated.

    ``variation``: the service time's squared coefficient of variation. Exact for M/M/c (1) and for one server (Pollaczek and
    Khinchine), else Allen and Cunneen's approximation.
    """
    offered = rate * service
    if offered >= servers:
        return math.inf
    return erlang_c(servers, offered) * service / (servers - offered) * (1 + variation) / 2
