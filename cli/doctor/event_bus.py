"""Redis: whether it answers, whether there is a replacement for a dead master, and whether its clock agrees with ours."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from redis.asyncio.cluster import RedisCluster

from cli.bundled_redis import is_bundled, version_and_advisories
from cli.doctor.clock import clock
from cli.doctor.findings import Finding, ok, problem, warning
from cli.processes import redis_binary
from conversations.signals.redis_client import FAILURES, Client, client, sentinels
from core.redis_address import RedisAddress, read_address
from core.settings import Settings

_SECONDS = 5


def event_bus(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Checks Redis as the service uses it. The embedded one does not run while the service is stopped."""
    if not settings.redis_url:
        yield from of_binary(redis_binary())
    if settings.redis_url or running:
        yield from asyncio.run(_look(settings))


async def _look(settings: Settings) -> list[Finding]:
    try:
        redis = client(settings.redis_address, read_seconds=_SECONDS)
    except ValueError as error:  # an option that redis-py cannot read
        return [problem("redis", "redis_silent", error=type(error).__name__)]
    try:
        seconds, microseconds = await redis.time()
        off = seconds + microseconds / 1e6 - time.time()
        version = (await redis.info("server"))["redis_version"]
        found = await _spares(read_address(settings.redis_address), redis)
    except FAILURES as error:
        return [problem("redis", "redis_silent", error=type(error).__name__)]
    finally:
        await redis.aclose()
    found.insert(0, ok("redis", "redis_answers", version=version))
    return [*found, clock("Redis", off)] if settings.redis_url else found


def of_binary(binary: str) -> Iterator[Finding]:
    """Yields a finding if the server that ``up`` starts is the bundled one, which its distribution does not mend."""
    if is_bundled(binary):
        version, known = version_and_advisories()
        yield warning("redis", "redis_bundled", version=version, count=len(known), ids=", ".join(one.id for one in known))


async def _spares(address: RedisAddress, redis: Client) -> list[Finding]:
    if isinstance(redis, RedisCluster):
        return of_cluster(await redis.execute_command("CLUSTER NODES"))
    return await _of_sentinels(address) if address.kind == "sentinel" else []


async def _of_sentinels(address: RedisAddress) -> list[Finding]:
    watching = sentinels(address)
    states: dict[str, Mapping[str, Any] | None] = {}
    try:
        for (host, port), one in zip(address.nodes, list(watching.sentinels), strict=True):
            try:
                states[f"{host}:{port}"] = dict(await one.sentinel_master(address.service))  # type: ignore[arg-type]
            except FAILURES:
                states[f"{host}:{port}"] = None
    finally:
        await watching.aclose()
    return of_sentinels(states)


def of_sentinels(states: Mapping[str, Mapping[str, Any] | None]) -> list[Finding]:
    """Returns findings from what each Sentinel (``host:port``) reports of its master; ``None`` if it did not answer."""
    silent = [name for name, state in states.items() if state is None]
    found = []
    if silent:
        found.append(warning("redis", "sentinels_silent", count=len(silent), nodes=", ".join(silent)))
    answers = [state for state in states.values() if state]
    if answers and not any(state["num-slaves"] for state in answers):
        found.append(warning("redis", "redis_master_alone"))
    return found


def of_cluster(nodes: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Returns findings for a Cluster, from redis-py's reading of ``CLUSTER NODES``."""
    dead = [name for name, node in nodes.items() if "fail" in _flags(node)]
    living = {name: node for name, node in nodes.items() if name not in dead}
    followed = {node["master_id"] for node in living.values()}
    alone = [name for name, node in living.items() if node["slots"] and node["node_id"] not in followed]
    found = []
    if dead:
        found.append(warning("redis", "redis_nodes_down", nodes=", ".join(dead)))
    if alone:
        found.append(warning("redis", "redis_masters_alone", nodes=", ".join(alone)))
    return found


def _flags(node: Mapping[str, Any]) -> Sequence[str]:
    flags: str = node["flags"]
    return flags.split(",")
