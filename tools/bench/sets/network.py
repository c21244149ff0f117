"""Network namespaces that stand for machines: one with PostgreSQL and Valkey, one for each set, and this one for citizens.

Citizens reach each set, and each set reaches the stores, by a link of its own, which can be cut. A link that is cut is silent:
its packets are lost, and nobody is told.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from cli.language import Refusal

STORES = "guichet-stores"
_HERE = ""  # the namespace of this command
_LOCK = Path("/run/guichet-sets.lock")


class Network:
    """The namespaces of the stores and of the sets called ``names``. Use it in ``with``. Only root may make one, and one at a
    time.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._spaces = [STORES, *(space(name) for name in names)]
        self._names = list(names)
        self._lock: IO[str] | None = None

    def __enter__(self) -> Network:
        if os.geteuid() or not shutil.which("ip"):
            raise Refusal(
                "Il faut être root, et avoir la commande ip (apt-get install iproute2) : chaque jeu a son espace réseau.",
                "Be root, and have the command ip (apt-get install iproute2): each set has a network namespace of its own.",
            )
        self._lock = _LOCK.open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("Un autre bench sets est en cours.", "Another bench sets is running.") from None
        self._remove()  # of a run that was killed
        for name in self._spaces:
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _link(_HERE, STORES, "stores", "10.213.0")
        for number, name in enumerate(self._names, 1):
            _link(_HERE, space(name), f"out-{name}", f"10.213.{number}")
            _link(STORES, space(name), f"in-{name}", f"10.213.{100 + number}")
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()
        if self._lock is not None:
            self._lock.close()

    @property
    def stores_from_here(self) -> str:
        """Returns the stores' address for this command."""
        return "10.213.0.2"

    def stores_from(self, name: str) -> str:
        """Returns the stores' address for the set ``name``."""
        return f"10.213.{101 + self._names.index(name)}.1"

    def gateway(self, name: str) -> str:
        """Returns the address at which citizens reach the set ``name``."""
        return f"10.213.{1 + self._names.index(name)}.2"

    def cut_stores(self, *, cut: bool) -> None:
        """Cuts the link between this command and the stores, or mends it."""
        _ip("-n", STORES, "link", "set", "stores", "down" if cut else "up")

    def cut_from_stores(self, name: str, *, cut: bool) -> None:
        """Cuts the link between the set ``name`` and the stores, or mends it."""
        _ip("-n", STORES, "link", "set", f"in-{name}", "down" if cut else "up")

    def cut_from_citizens(self, name: str, *, cut: bool) -> None:
        """Cuts the link between citizens and the set ``name``, or mends it."""
        # On its side: without the device on this side, packets would go to the default route.
        _ip("-n", space(name), "link", "set", f"out-{name}", "down" if cut else "up")

    def _remove(self) -> None:
        listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout  # noqa: S607
        for name in {line.split()[0] for line in listed.splitlines() if line} & set(self._spaces):
            _ip("netns", "delete", name)  # its links go with it


def space(name: str) -> str:
    """Returns the namespace of the set ``name``."""
    return f"guichet-{name}"


def within(namespace: str, *argv: str) -> list[str]:
    """Returns the command that runs ``argv`` in a namespace."""
    return ["ip", "netns", "exec", namespace, *argv]


def _link(one: str, other: str, name: str, network: str) -> None:
    """Makes a link: ``NETWORK.1`` at the side of ``one``, whose device is called ``name``, and ``NETWORK.2`` at the other."""
    _ip(*_of(one), "link", "add", name, "type", "veth", "peer", "name", name, "netns", other)
    for side, number in ((one, 1), (other, 2)):
        _ip(*_of(side), "address", "add", f"{network}.{number}/30", "dev", name)
        _ip(*_of(side), "link", "set", name, "up")


def _of(namespace: str) -> tuple[str, ...]:
    return ("-n", namespace) if namespace else ()


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        told = f"ip {' '.join(arguments)} : {done.stderr.strip()}"
        raise Refusal(f"Pas d'espaces réseau ici : {told}", f"No network namespaces here: {told}")
