"""Conditions for an installation or a start. Each refusal has advice."""

import contextlib
import errno
import os
import shutil
import socket
import stat
from pathlib import Path

from cli.demonstration import COMMUNE, PHONE
from cli.language import Refusal, say, sentence
from cli.processes import Process
from core.settings import Settings

SECRET_LENGTH = 32
_DISK_GB = 3
CLOSED_TO_BROWSERS = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10_080)
)
"""The ports above 1023 at which browsers open no page (Fetch standard, port blocking)."""


def check_disk(folder: Path, gigabytes: int = _DISK_GB) -> None:
    """Raises ``Refusal`` if the disk of ``folder`` has less than ``gigabytes`` free for a first installation.

    An existing installation needs a thousandth of that to answer, and must start after a reboot even with less.
    """
    make_private(folder)
    free = shutil.disk_usage(folder).free // 2**30
    if free >= gigabytes:
        return
    if (folder / "snapshots" / "active").exists():
        say(*sentence("disk_scarce", free=free, folder=folder))
    else:
        raise Refusal(*sentence("disk_too_small", free=free, folder=folder, gigabytes=gigabytes))


def make_private(folder: Path) -> None:
    """Creates the state folder, closed to other users of the machine: it has citizens' messages, and the umask is rarely 077.

    Files that this process and its children make from now on are their owner's only, as are the databases there, unless a
    group may write in the folder. One of another owner (a shared volume) is not changed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) & ~stat.S_IRWXO)
        if folder.stat().st_mode & stat.S_IWGRP:
            return
        os.umask(0o077)
        for file in folder.glob("*.db*"):
            file.chmod(0o600)


def check_ports(processes: list[Process]) -> None:
    """Raises ``Refusal`` if a port is in use: two services on one port would answer for each other."""
    for process in processes:
        if process.port and is_taken(process.port, process.host):
            raise Refusal(*sentence("port_taken", port=process.port, name=process.name, port_setting=process.port_setting))


def check_browsers(settings: Settings) -> None:
    """Raises ``Refusal`` for a port that browsers block. Behind a proxy only the public address counts."""
    if not settings.public_url and settings.port in CLOSED_TO_BROWSERS:
        raise Refusal(*sentence("port_closed_to_browsers", port=settings.port))


def is_taken(port: int, host: str) -> bool:
    """Decides whether another program listens there. Raises ``Refusal`` if ``host`` is not an address of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Refusal(*sentence("port_privileged", port=port)) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Refusal(*sentence("host_not_ours", host=host)) from None
            return True
    return False


def check_production(settings: Settings) -> None:
    """Raises ``Refusal`` for what production forbids: guessable secrets, plain HTTP, the simulator, demonstration data."""
    signing = () if settings.model_public_key else ("model_key",)
    for name in ("secret_key", "internal_secret", "address_key", *signing):
        if len(getattr(settings, name).get_secret_value()) < SECRET_LENGTH:
            raise Refusal(*sentence("secret_too_short", name=name.upper(), length=SECRET_LENGTH))
    if not settings.public_url.startswith("https://"):
        raise Refusal(*sentence("public_url_insecure"))
    if settings.sms_provider == "simulator":
        raise Refusal(*sentence("simulator_in_production"))
    if settings.contact_phone == PHONE or settings.office_commune == COMMUNE:
        raise Refusal(*sentence("demonstration_contact"))
    if settings.widget_sites.strip() == "*":
        raise Refusal(*sentence("widget_sites_open"))
    if not settings.knowledge_base_archive:
        raise Refusal(*sentence("demonstration_pages"))
