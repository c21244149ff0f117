"""Clocks, on which several machines must agree."""

from cli.doctor.findings import Finding, ok, problem, with_decimal

_CLOCK_SECONDS = 1.0  # leases of conversations tolerate about a second between machines (conversations/worker/lease.py)


def clock(whose: str, off: float) -> Finding:
    """Returns the finding for a clock that is ``off`` by so many seconds from ours."""
    values = {"seconds": with_decimal(abs(off)), "whose": whose}
    return ok("clock", "clock_agrees", **values) if abs(off) <= _CLOCK_SECONDS else problem("clock", "clock_off", **values)
