"""Runs faults one after the other, each under its own load, and reports what is in the database afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import func, select

from cli.language import Refusal
from core.database import Database
from core.database.models import Delivery, Message, Reply
from core.settings import Settings
from tools.bench.faults.clock_fault import clock_faults
from tools.bench.faults.disk_fault import disk_fault
from tools.bench.faults.fault import Fault
from tools.bench.faults.outside_faults import provider_faults, record_faults
from tools.bench.faults.postgresql_faults import postgresql_faults
from tools.bench.faults.process_faults import process_faults
from tools.bench.faults.snapshot_fault import snapshot_fault
from tools.bench.load import Load, settled, talking

_PAUSE_SECONDS = 4.0  # of load before and after a fault
_AT_ONCE = 500
NO_FAULT = "none"


def known_faults(settings: Settings, *, quick: bool) -> list[Fault]:
    """Returns all faults; ``quick`` makes each shorter."""
    seconds = 5 if quick else 20
    return [
        _baseline(seconds),
        *process_faults(settings, 5 if quick else 10),
        snapshot_fault(settings, seconds),
        *record_faults(settings),
        *postgresql_faults(settings, seconds),
        disk_fault(settings, seconds),
        *clock_faults(settings, seconds),
        *provider_faults(settings, seconds),
    ]


def chosen(faults: Sequence[Fault], names: str) -> list[Fault]:
    """Returns the faults called ``names``, separated by commas, or all; first the load without a fault.

    Raises ``Refusal`` for an unknown name.
    """
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    known = [fault.name for fault in faults]
    if unknown := [name for name in wanted if name not in known]:
        raise unknown_fault(unknown[0], known)
    return [fault for fault in faults if not wanted or fault.name in (*wanted, NO_FAULT)]


def unknown_fault(name: str, known: Iterable[str]) -> Refusal:
    """Returns the refusal for a fault that is not among those ``known``."""
    listed = ", ".join(known)
    return Refusal(
        f"Aucune panne ne s'appelle « {name} ». Choisissez parmi : {listed}.",
        f"No fault is called '{name}'. Choose among: {listed}.",
    )


def _baseline(seconds: float) -> Fault:
    """Returns the same load for so many seconds without a fault: what the others are compared with."""

    async def happen(_: Load) -> None:
        await asyncio.sleep(seconds)

    return Fault(NO_FAULT, happen)


async def seen_of(
    settings: Settings, faults: Sequence[Fault], per_second: float, told: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    """Returns the effects of each fault on citizens, while ``per_second`` messages come. ``told`` is called with each name
    before it happens.

    ``refused`` counts requests that had to be repeated. ``longest_s`` is the longest time until a message was accepted, and
    from then until its outcome (``None``: the clock was moved meanwhile).
    """
    found: dict[str, dict[str, Any]] = {}
    for fault in faults:
        told(fault.name)
        load, failed = Load(settings), ""
        async with talking(load, per_second):
            await asyncio.sleep(_PAUSE_SECONDS)
            try:
                await fault.happen(load)
            except Refusal as refusal:
                failed = str(refusal)
            await asyncio.sleep(_PAUSE_SECONDS)
        found[fault.name] = await row_of(load, moves_clock=fault.moves_clock) | ({"failed": failed} if failed else {})
    return found


async def row_of(load: Load, *, moves_clock: bool = False) -> dict[str, Any]:
    """Returns the figures of the messages of ``load`` from the record, once all have an outcome, or after five minutes."""
    record = await settled(load.settings, load.acknowledged)
    missing = record["lost"] + record["without_outcome"]
    waits = [spread["max"] for spread in record["wait_s"].values() if spread]
    return {
        "taken": len(set(load.acknowledged)),
        "answered": len(set(load.acknowledged)) - record["fallbacks"] - missing,
        "fallback": record["fallbacks"],
        "refused": load.repeated,
        "given_up": load.given_up,
        "lost": record["lost"],
        "unanswered": record["without_outcome"],
        "doubled": record["answered_twice"],
        "out_of_order": record["out_of_order"],
        "sms_unconfirmed": await _unconfirmed(load.settings, load.acknowledged),
        "longest_s": {
            "taken": round(load.longest_seconds, 1),
            "outcome": None if moves_clock else max(waits, default=0.0),
        },
    }


async def _unconfirmed(settings: Settings, identifiers: Sequence[str]) -> int:
    """Returns how many SMS replies the provider has not confirmed: they wait, or it is unknown whether it accepted them."""
    database, count = Database(settings.sql_url), 0
    try:
        for start in range(0, len(identifiers), _AT_ONCE):
            ours = Message.external_id.in_(identifiers[start : start + _AT_ONCE])
            replies = select(Reply.id).join(Message, Message.id == Reply.in_reply_to).where(ours)
            waiting = Delivery.reply_id.in_(replies), Delivery.provider_message_id.is_(None)
            async with database.read() as session:
                count += (await session.execute(select(func.count()).where(*waiting))).scalar_one()
    finally:
        await database.close()
    return count
