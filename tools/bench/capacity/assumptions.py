"""The assumptions for unmeasured figures. Each can be set by ``--assume NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any


def _assumed(value: float, about: str) -> Any:
    return field(default=value, metadata={"about": about})


@dataclass(frozen=True)
class Assumptions:
    """The assumptions. Prices are examples, not a real tariff."""

    per_thousand: float = _assumed(10, "messages a day for 1,000 inhabitants: 1.3 conversations of each a year")
    conversation: float = _assumed(2.8, "messages of a conversation, as in bench traffic")
    sms_share: float = _assumed(0.25, "share of the messages that come by SMS, as in bench traffic")
    sms_segments: float = _assumed(2, "segments of a reply; ./guichet sms price knows those of your pages")
    sms_euros: float = _assumed(0.05, "a segment sent, as GUICHET_SMS_SEGMENT_EUROS")
    burst: float = _assumed(3, "how many times the peak hour's rate comes when a letter to everybody or a piece of news does")
    burst_minutes: float = _assumed(2, "how long")
    page_minutes: float = _assumed(10, "how long a citizen leaves the page open")
    page_kb: float = _assumed(40, "the gateway's memory for an open page, by bench sockets")
    pages_per_gateway: float = _assumed(4000, "GUICHET_LIMIT_CONNECTIONS")
    worker_concurrency: float = _assumed(24, "GUICHET_WORKER_CONCURRENCY")
    # The country's burst with a node lost, simulated with the README's figures: p95 196 ms at .6, 247 at .7, 439 at .9.
    ceiling: float = _assumed(0.6, "how busy cores and processes may get, in the burst with nodes lost")
    lost_nodes: float = _assumed(1, "nodes that may be lost in the burst")
    restarting: float = _assumed(1, "processes of each kind that may restart at a time in the burst; 0: they may be missed")
    node_cores: float = _assumed(4, "cores of a node")
    node_gb: float = _assumed(8, "memory of a node, GB")
    system_gb: float = _assumed(1, "of which the system takes")
    install_gb: float = _assumed(14, "disk of a node for libraries, models and snapshots, GB (README.md)")
    core_euros: float = _assumed(10, "a core for a month: an example")
    memory_euros: float = _assumed(3, "a GB of memory for a month: an example")
    disk_euros: float = _assumed(0.1, "a GB of disk for a month: an example")
    # Of the 1,249 messages of a development installation (2026-11-26): tables and their indexes by SQLite's dbstat.
    record_kb: float = _assumed(2.8, "a message with its reply in the record")
    tracker_kb: float = _assumed(6.5, "a turn in Rasa's own table")
    log_kb: float = _assumed(0.8, "a turn's log lines")
    retention_days: float = _assumed(90, "GUICHET_RETENTION_DAYS")
    tracker_days: float = _assumed(7, "keep_days of endpoints.yml")


def given(settings: Iterable[str], base: Assumptions | None = None) -> Assumptions:
    """Returns ``base`` with each ``NAME=VALUE``. Raises ``ValueError`` that names an unreadable one."""
    known = {one.name for one in fields(Assumptions)}
    changed: dict[str, Any] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        try:
            number = float(value)
        except ValueError:
            raise ValueError(setting) from None
        if name not in known or not 0 <= number < float("inf") or (name in _POSITIVE and not number):
            raise ValueError(setting)
        changed[name] = number
    found = replace(base or Assumptions(), **changed)
    if not found.ceiling <= 1 or not found.sms_share <= 1 or found.burst < 1:
        raise ValueError("ceiling, sms_share ≤ 1 ≤ burst")
    return found


def described() -> dict[str, str]:
    """Returns the description of each, by name."""
    return {one.name: f"{one.default:g}: {one.metadata['about']}" for one in fields(Assumptions)}


_POSITIVE = {
    *("conversation", "ceiling", "node_cores", "node_gb", "pages_per_gateway", "worker_concurrency"),
    *("burst", "burst_minutes", "per_thousand"),
}
