"""The machine: disk space, memory, ports, and a clock that agrees with others."""

import shutil
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import psutil

from cli.doctor.clock import clock
from cli.doctor.findings import Finding, finding, ok, problem, warning, with_decimal
from cli.language import Refusal
from cli.preflight import is_taken
from cli.processes import processes
from core.settings import Settings

# A backup or an index build needs its own size again (0.1 GB and 0.2 GB with 3,371 pages); logs rotate at 40 MB a process.
_DISK_GB, _DISK_SCARCE_GB = 1, 3
_STACK_GB = 3.3  # proportional set size of all processes, by ./guichet bench
_SPARE_GB = 0.4  # next to the running stack: memory of an index build through the service
_CERTIFICATE_DAYS, _CERTIFICATE_URGENT_DAYS = 21, 7
_SECONDS = 5


def disk(settings: Settings) -> Iterator[Finding]:
    """Checks the free space on the disk of the state folder."""
    folder = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(folder).free / 2**30
    values = {"free": with_decimal(free), "folder": folder}
    if free < _DISK_SCARCE_GB:
        yield finding("disk", "problem" if free < _DISK_GB else "warning", "disk_nearly_full", **values)
    else:
        yield ok("disk", "disk_free", **values)


def memory(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Checks the free memory, next to the running stack or for it."""
    free, needed = psutil.virtual_memory().available / 1e9, _SPARE_GB if running else _STACK_GB
    if free >= needed:
        yield ok("memory", "memory_free", free=with_decimal(free))
    else:
        yield problem("memory", "memory_scarce", free=with_decimal(free), needed=with_decimal(needed))


def ports(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Checks for ports used by other programs. A running service uses its own ports."""
    wanted = [process for process in processes(settings) if process.port]
    try:
        occupied = [] if running else [process for process in wanted if is_taken(process.port, process.host)]
    except Refusal as refusal:  # not an address of this machine; already in the operator's language
        yield Finding("ports", "problem", (str(refusal), str(refusal)))
        return
    for process in occupied:
        yield problem("ports", "port_occupied", port=process.port, name=process.name, setting=process.port_setting)
    if not occupied:
        listed = ", ".join(f"{process.name} {process.port}" for process in wanted)
        yield ok("ports", "ports", listed=listed)


def public_address(settings: Settings) -> Iterator[Finding]:
    """Checks that the service is reachable at its public address, and how long its certificate is valid."""
    if not settings.public_url:
        yield warning("public-url", "no_public_address")
        return
    address = f"{settings.base_url}/widget.js"
    try:
        with httpx.Client(timeout=_SECONDS) as client, client.stream("GET", address) as answer:
            answer.raise_for_status()
            date = answer.headers.get("date", "")
            connection = answer.extensions["network_stream"].get_extra_info("ssl_object")
            certificate = connection.getpeercert() if connection else {}
    except httpx.HTTPError as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield problem("public-url", "public_address_fails", address=address, reason=reason)
        return
    yield ok("public-url", "public_address_answers", address=settings.base_url)
    if date:
        yield clock(str(urlsplit(address).hostname), (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
    if certificate:
        yield expiry(ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time())


def expiry(seconds: float) -> Finding:
    """Returns the finding for a certificate that is valid for so many seconds."""
    days = int(seconds // 86_400)
    if days >= _CERTIFICATE_DAYS:
        return ok("certificate", "certificate_valid", days=days)
    return finding("certificate", "problem" if days < _CERTIFICATE_URGENT_DAYS else "warning", "certificate_ends", days=days)
