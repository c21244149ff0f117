"""Redis clients that give up at once, for a single server, a master behind Sentinels, or a Cluster.

None retries by itself: the caller falls back on SQL, and asks again a moment later. A Sentinel client asks the Sentinels for
the master whenever it connects; a Cluster client learns its nodes anew after each failure. So both recover by themselves after
a failover.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, override

import redis.asyncio as redis
from redis.asyncio.client import PubSub
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo
from redis.exceptions import RedisClusterException, RedisError

from core.redis_address import RedisAddress, read_address

FAILURES = (RedisError, RedisClusterException, OSError, TimeoutError)
PATIENCE_SECONDS = 1.0  # for one call, however many Sentinels or nodes must be asked before
_CONNECT_SECONDS = 0.25

# The library version that a connection reports. By default each connection looks it up in all installed packages: 5 ms that
# block the event loop, a hundred times in a row when many write at once.
_DRIVER = DriverInfo()

type Client = redis.Redis | RedisCluster


def client(url: str, *, read_seconds: float = 0.5) -> Client:
    """Returns a client that gives up at once: ``read_seconds`` for an answer, a quarter of a second for a connection.

    Raises ``BadAddress``; connects to nothing yet.
    """
    address = read_address(url)
    patience: dict[str, Any] = {
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": read_seconds,
        "driver_info": _DRIVER,
    }
    if address.kind == "server":
        one: redis.Redis = redis.from_url(address.url, decode_responses=True, retry=_once(), **patience)
        return one
    options = patience | _secured(address) | {"username": address.username, "password": address.password}
    if address.kind == "cluster":
        return _Cluster(address.nodes, options | {"decode_responses": True})
    master: redis.Redis = sentinels(address).master_for(
        address.service, redis_class=_SentinelMaster, db=address.database, decode_responses=True, retry=_once(), **options
    )
    return master


@asynccontextmanager
async def subscribed(redis_client: Client, *channels: str) -> AsyncIterator[PubSub]:
    """Yields a subscription to ``channels``; of a Cluster at any node, since all nodes receive what is published."""
    if not isinstance(redis_client, _Cluster):
        async with redis_client.pubsub(ignore_subscribe_messages=False) as subscription:
            await subscription.subscribe(*channels)
            yield subscription
        return
    async with redis_client.any_node() as node, node.pubsub(ignore_subscribe_messages=False) as subscription:
        await subscription.subscribe(*channels)
        yield subscription


async def count_listeners(redis_client: Client, *channels: str) -> list[int]:
    """Returns the number of subscribers of each of ``channels``; of a Cluster, at all its nodes."""
    everywhere = {"target_nodes": RedisCluster.ALL_NODES} if isinstance(redis_client, RedisCluster) else {}
    counts = dict(await redis_client.pubsub_numsub(*channels, **everywhere))
    return [counts[channel] for channel in channels]


def sentinels(address: RedisAddress) -> Sentinel:
    """Returns the Sentinels at ``address``, which are asked for the master in turn."""
    options = {
        "username": address.sentinel_username,
        "password": address.sentinel_password,
        "socket_connect_timeout": _CONNECT_SECONDS,
        "socket_timeout": _CONNECT_SECONDS,
        "retry": _once(),
    }
    return Sentinel(address.nodes, sentinel_kwargs=options | _secured(address))  # type: ignore[no-untyped-call]


def _once() -> Retry:
    return Retry(NoBackoff(), 0)


def _secured(address: RedisAddress) -> dict[str, Any]:
    return {"ssl": True} | dict(address.options) if address.tls else {}


class _SentinelMaster(redis.Redis):
    """The master that the Sentinels name, with the connections to them."""

    @override
    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        if isinstance(self.connection_pool, SentinelConnectionPool):
            await self.connection_pool.sentinel_manager.aclose()


class _Cluster(RedisCluster):
    """A Cluster client that finds it again by the configured addresses, even after all nodes have moved."""

    def __init__(self, nodes: tuple[tuple[str, int], ...], options: dict[str, Any]) -> None:
        self._configured, self._options = list(nodes), options
        super().__init__(
            startup_nodes=[ClusterNode(host, port) for host, port in nodes],
            require_full_coverage=False,  # lost slots of a dead master must not stop the others
            retry=_once(),
            **options,
        )

    @override
    async def initialize(
        self,
        additional_startup_nodes_info: list[tuple[str, int]] | None = None,
        last_failed_node_name: str | None = None,
    ) -> _Cluster:
        await super().initialize([*(additional_startup_nodes_info or ()), *self._configured], last_failed_node_name)
        return self

    @override
    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().execute_command(*args, **kwargs)
        except asyncio.CancelledError:
            # The caller's time ran out. redis-py does not learn from this that the node is silent, and would keep asking it.
            self._initialize = True  # relearns the nodes before the next command
            raise

    @asynccontextmanager
    async def any_node(self) -> AsyncIterator[redis.Redis]:
        """Yields a client of one random node. Learns the nodes anew first, since the last one may have left."""
        await self.aclose()
        await self.initialize()
        node = random.choice(self.get_nodes())  # noqa: S311
        one: redis.Redis = redis.Redis(host=node.host, port=int(node.port), retry=_once(), **self._options)
        async with one:
            yield one
