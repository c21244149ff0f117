"""Redis: whether it answers, whether there is a replacement for a dead master, and whether its clock agrees with ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from redis.asyncio.cluster import RedisCluster

from cli.doctor.clock import clock
from cli.doctor.findings import Finding, ok, problem, warning
from conversations.signals.redis_client import FAILURES, Client, client, sentinels
from core.redis_address import RedisAddress, read_address
from core.settings import Settings

_SECONDS = 5


def event_bus(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Checks Redis as the service uses it. The embedded one does not run while the service is stopped."""
    if settings.redis_url or running:
        yield from asyncio.run(_look(settings))


async def _look(settings: Settings) -> list[Finding]:
    try:
        redis = client(settings.redis_address, read_seconds=_SECONDS)
    except ValueError as error:  # an option that redis-py cannot read
        return [_silent(type(error).__name__)]
    try:
        seconds, microseconds = await redis.time()
        off = seconds + microseconds / 1e6 - time.time()
        version = (await redis.info("server"))["redis_version"]
        found = await _spares(read_address(settings.redis_address), redis)
    except FAILURES as error:
        return [_silent(type(error).__name__)]
    finally:
        await redis.aclose()
    found.insert(0, ok("redis", f"Redis {version} répond.", f"Redis {version} answers."))
    return [*found, clock("Redis", off)] if settings.redis_url else found


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
        listed = ", ".join(silent)
        found.append(
            warning(
                "redis",
                f"{len(silent)} Sentinelle(s) ne répondent pas : {listed}.",
                f"{len(silent)} Sentinel(s) do not answer: {listed}.",
                "Remettez-les en marche, ou corrigez REDIS_URL (sentinel_password) : sans leur majorité, aucun maître "
                "mort n'est remplacé.",
                "Start them again, or mend REDIS_URL (sentinel_password): without most of them no dead master is replaced.",
            )
        )
    answers = [state for state in states.values() if state]
    if answers and not any(state["num-slaves"] for state in answers):
        found.append(_alone(("Le maître de Redis n'a pas de réplique.", "Redis's master has no replica.")))
    return found


def of_cluster(nodes: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Returns findings for a Cluster, from redis-py's reading of ``CLUSTER NODES``."""
    dead = [name for name, node in nodes.items() if "fail" in _flags(node)]
    living = {name: node for name, node in nodes.items() if name not in dead}
    followed = {node["master_id"] for node in living.values()}
    alone = [name for name, node in living.items() if node["slots"] and node["node_id"] not in followed]
    found = []
    if dead:
        listed = ", ".join(dead)
        found.append(
            warning(
                "redis",
                f"Nœuds du Cluster en panne : {listed}.",
                f"Nodes of the Cluster that are down: {listed}.",
                "Remettez-les en marche, ou ôtez-les du Cluster (CLUSTER FORGET).",
                "Start them again, or remove them from the Cluster (CLUSTER FORGET).",
            )
        )
    if alone:
        listed = ", ".join(alone)
        found.append(
            _alone((f"Maîtres du Cluster sans réplique : {listed}.", f"Masters of the Cluster without a replica: {listed}."))
        )
    return found


def _flags(node: Mapping[str, Any]) -> Sequence[str]:
    flags: str = node["flags"]
    return flags.split(",")


def _alone(message: tuple[str, str]) -> Finding:
    return warning(
        "redis",
        *message,
        "Ajoutez une réplique : sans elle, rien ne remplace un maître mort. Les réponses arrivent alors plus lentement.",
        "Add a replica: without one, nothing replaces a dead master. Replies then arrive more slowly.",
    )


def _silent(error: str) -> Finding:
    return problem(
        "redis",
        f"Redis ne répond pas ({error}).",
        f"Redis does not answer ({error}).",
        "Les réponses arrivent quand même, plus lentement. Vérifiez REDIS_URL, ou ./guichet logs redis.",
        "Replies still arrive, but more slowly. Check REDIS_URL, or ./guichet logs redis.",
    )
