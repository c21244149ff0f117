"""Redis as an administration runs it, started by tests: a master with Sentinels around it, and a Cluster."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

import redis
from redis.crc import key_slot

from cli.processes import redis_binary
from conversations.signals.event_bus import STREAM
from tests.integration.servers import free_port
from tests.waiting import wait_until

PASSWORD, SENTINEL_PASSWORD = "p@ss/word#1", "other"
SERVICE = "guichet"
_SLOTS = 16_384


class Server:
    """A Redis, a Sentinel or a node, on a free port of loopback."""

    def __init__(self, folder: Path, name: str, *lines: str, sentinel: bool = False) -> None:
        self.port = _port()
        self._password = SENTINEL_PASSWORD if sentinel else PASSWORD
        home = folder / name
        home.mkdir(parents=True)
        config = home / "redis.conf"
        common = ("bind 127.0.0.1", f"port {self.port}", f'dir "{home}"', f'requirepass "{self._password}"')
        config.write_text("\n".join((*common, *lines)) + "\n")
        self._process = subprocess.Popen(
            [redis_binary(), str(config), *(["--sentinel"] if sentinel else [])],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def client(self) -> redis.Redis:
        return redis.Redis(
            port=self.port, password=self._password, socket_timeout=2, socket_connect_timeout=2, decode_responses=True
        )

    def up(self) -> bool:
        with self.client() as client:
            return bool(client.ping())

    def kill(self) -> None:
        """As a crash does: connections break."""
        self._process.kill()
        self._process.wait(10)

    def freeze(self) -> None:
        """As a machine that is cut off: connections stay, and nothing answers."""
        self._process.send_signal(signal.SIGSTOP)


class _Set:
    def __init__(self) -> None:
        self.servers: list[Server] = []

    def stop(self) -> None:
        for server in self.servers:
            server.kill()


class SentinelSet(_Set):
    """A master, its replica, and three Sentinels that want a password of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        plain = (*_PLAIN, f'masterauth "{PASSWORD}"')
        first = self._add(folder, "first", *plain)
        self._add(folder, "second", *plain, f"replicaof 127.0.0.1 {first.port}")
        watching = (
            f'sentinel sentinel-pass "{SENTINEL_PASSWORD}"',
            f"sentinel monitor {SERVICE} 127.0.0.1 {first.port} 2",
            f'sentinel auth-pass {SERVICE} "{PASSWORD}"',
            f"sentinel down-after-milliseconds {SERVICE} 1000",
            f"sentinel failover-timeout {SERVICE} 3000",
        )
        self.sentinels = [self._add(folder, f"sentinel-{number}", *watching, sentinel=True) for number in range(3)]
        for server in self.servers:
            wait_until(server.up)
        for sentinel in self.sentinels:
            wait_until(lambda sentinel=sentinel: self._whole(sentinel))  # type: ignore[misc]

    @property
    def url(self) -> str:
        listed = ",".join(sentinel.address for sentinel in self.sentinels)
        return f"redis+sentinel://:{quote(PASSWORD, safe='')}@{listed}/{SERVICE}?sentinel_password={SENTINEL_PASSWORD}"

    def master(self) -> Server:
        """Who is master according to the first Sentinel."""
        with self.sentinels[0].client() as client:
            _, port = client.sentinel_get_master_addr_by_name(SERVICE)
        return next(server for server in self.servers if server.port == int(port))

    def _add(self, folder: Path, name: str, *lines: str, sentinel: bool = False) -> Server:
        self.servers.append(Server(folder, name, *lines, sentinel=sentinel))
        return self.servers[-1]

    def _whole(self, sentinel: Server) -> bool:
        with sentinel.client() as client:
            state = client.sentinel_master(SERVICE)
            replicas = client.sentinel_slaves(SERVICE)
        others, linked = state["num-other-sentinels"], [one["master-link-status"] for one in replicas]
        return (others, linked, state["flags"]) == (2, ["ok"], "master")


class ClusterSet(_Set):
    """Three masters; the one that holds the stream of wake-ups has a replica."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        lines = (*_PLAIN, f'masterauth "{PASSWORD}"', "cluster-enabled yes", "cluster-node-timeout 1500")
        self.servers = [Server(folder, f"node-{number}", *lines) for number in range(4)]
        for server in self.servers:
            wait_until(server.up)
        first = self.servers[0]
        for number, server in enumerate(self.servers[:3]):
            with server.client() as client:
                client.execute_command("CLUSTER ADDSLOTS", *range(_SLOTS * number // 3, _SLOTS * (number + 1) // 3))
        for server in self.servers[1:]:
            with server.client() as client:
                client.execute_command("CLUSTER MEET", "127.0.0.1", first.port)
        for server in self.servers:
            wait_until(lambda server=server: self._knows(server, "cluster_known_nodes", "4"))  # type: ignore[misc]
        with self.master().client() as master, self.servers[3].client() as replica:
            identifier = master.execute_command("CLUSTER MYID")
            wait_until(lambda: replica.execute_command("CLUSTER REPLICATE", identifier))
            wait_until(lambda: replica.info("replication").get("master_link_status") == "up")
        for server in self.servers:
            wait_until(lambda server=server: self._knows(server, "cluster_state", "ok"))  # type: ignore[misc]

    @property
    def url(self) -> str:
        listed = ",".join(server.address for server in self.servers[:3])
        return f"redis+cluster://:{quote(PASSWORD, safe='')}@{listed}"

    def master(self) -> Server:
        """Who held the stream of wake-ups at the beginning."""
        return self.servers[key_slot(STREAM.encode()) * 3 // _SLOTS]

    def _knows(self, server: Server, name: str, value: str) -> bool:
        with server.client() as client:
            return bool(client.execute_command("CLUSTER INFO")[name] == value)


_PLAIN = ('save ""', "repl-diskless-sync yes", "repl-diskless-sync-delay 0")


def _port() -> int:
    """A free port; nodes of a Cluster also take the one 10,000 above it."""
    while True:
        port = free_port()
        with socket.socket() as other:
            try:
                other.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
        return port
