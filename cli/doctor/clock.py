"""Clocks, which several machines must agree about."""

from __future__ import annotations

from cli.doctor.findings import Finding, ok

_CLOCK_SECONDS = 1.0  # leases of conversations bear about a second between machines (conversations/worker/lease.py)


def clock(whose: str, off: float) -> Finding:
    """How far another machine's clock is from ours, in seconds."""
    said = (
        f"L'horloge de cette machine diffère de {abs(off):.1f} s de celle de {whose}.".replace(".", ",", 1),
        f"This machine's clock is {abs(off):.1f} s away from that of {whose}.",
    )
    if abs(off) <= _CLOCK_SECONDS:
        return ok("clock", *said)
    return Finding(
        "clock",
        "problem",
        said,
        (
            "Synchronisez les machines (systemd-timesyncd ou chrony) : les codes de connexion et le partage des "
            "conversations en dépendent.",
            "Synchronise the machines (systemd-timesyncd or chrony): sign-in codes and the sharing of conversations need it.",
        ),
    )
