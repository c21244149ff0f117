"""Clocks, on which several machines must agree."""

from __future__ import annotations

from cli.doctor.findings import Finding, ok, problem

_CLOCK_SECONDS = 1.0  # leases of conversations tolerate about a second between machines (conversations/worker/lease.py)


def clock(whose: str, off: float) -> Finding:
    """Returns the finding for a clock that is ``off`` by so many seconds from ours."""
    message = (
        f"L'horloge de cette machine diffère de {abs(off):.1f} s de celle de {whose}.".replace(".", ",", 1),
        f"This machine's clock is {abs(off):.1f} s away from that of {whose}.",
    )
    if abs(off) <= _CLOCK_SECONDS:
        return ok("clock", *message)
    return problem(
        "clock",
        *message,
        "Synchronisez les machines (systemd-timesyncd ou chrony) : les codes de connexion et le partage des "
        "conversations en dépendent.",
        "Synchronise the machines (systemd-timesyncd or chrony): sign-in codes and the sharing of conversations need it.",
    )
