"""The machine: disk space, memory, ports, and a clock that agrees with others."""

from __future__ import annotations

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
from cli.doctor.findings import Finding, ok, problem, warning
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
    message = (
        f"Il reste {free:.1f} Go sur le disque de {folder}.".replace(".", ",", 1),
        f"{free:.1f} GB are left on the disk of {folder}.",
    )
    advice = (
        "Libérez de la place : quand le disque est plein, plus aucun message n'est accepté. Les sauvegardes et "
        "les journaux (var/log) prennent le plus.",
        "Make room: once the disk is full, no message is accepted any more. Backups and logs (var/log) take most.",
    )
    if free < _DISK_SCARCE_GB:
        yield Finding("disk", "problem" if free < _DISK_GB else "warning", message, advice)
    else:
        yield ok("disk", *message)


def memory(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Checks the free memory, next to the running stack or for it."""
    free, needed = psutil.virtual_memory().available / 1e9, _SPARE_GB if running else _STACK_GB
    message = (f"{free:.1f} Go de mémoire libres.".replace(".", ",", 1), f"{free:.1f} GB of memory are free.")
    if free >= needed:
        yield ok("memory", *message)
        return
    yield problem(
        "memory",
        *message,
        f"Il en faut {needed} Go : arrêtez d'autres programmes, ou ajoutez de la mémoire ; sinon le système "
        "tuera l'un des processus.",
        f"{needed} GB are needed: stop other programs or add memory; or else the system will kill one of the processes.",
    )


def ports(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """Checks for ports used by other programs. A running service uses its own ports."""
    wanted = [process for process in processes(settings) if process.port]
    try:
        occupied = [] if running else [process for process in wanted if is_taken(process.port, process.host)]
    except Refusal as refusal:  # not an address of this machine; already in the operator's language
        yield problem("ports", str(refusal), str(refusal))
        return
    for process in occupied:
        yield problem(
            "ports",
            f"Le port {process.port} ({process.name}) est pris par un autre programme.",
            f"Port {process.port} ({process.name}) is held by another program.",
            f"Arrêtez ce programme (ss -ltnp), ou choisissez un autre port avec {process.port_setting} dans .env.",
            f"Stop that program (ss -ltnp), or choose another port with {process.port_setting} in .env.",
        )
    if not occupied:
        listed = ", ".join(f"{process.name} {process.port}" for process in wanted)
        yield ok("ports", f"Ports : {listed}.", f"Ports: {listed}.")


def public_address(settings: Settings) -> Iterator[Finding]:
    """Checks that the service is reachable at its public address, and how long its certificate is valid."""
    if not settings.public_url:
        yield warning(
            "public-url",
            "Aucune adresse publique : le service ne répond qu'à cette machine.",
            "No public address: only this machine is answered.",
            "Réglez GUICHET_PUBLIC_URL=https://… dans .env.",
            "Set GUICHET_PUBLIC_URL=https://… in .env.",
        )
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
        yield problem(
            "public-url",
            f"{address} ne répond pas comme il faut : {reason}.",
            f"{address} does not answer as it should: {reason}.",
            "Vérifiez le nom de domaine, le certificat et le mandataire (deploy/README.md).",
            "Check the domain name, the certificate and the reverse proxy (deploy/README.md).",
        )
        return
    yield ok("public-url", f"{settings.base_url} répond.", f"{settings.base_url} answers.")
    if date:
        yield clock(str(urlsplit(address).hostname), (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
    if certificate:
        yield expiry(ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time())


def expiry(seconds: float) -> Finding:
    """Returns the finding for a certificate that is valid for so many seconds."""
    days = int(seconds // 86_400)
    message = (f"Le certificat est valable encore {days} jours.", f"The certificate holds for {days} more days.")
    if days >= _CERTIFICATE_DAYS:
        return ok("certificate", *message)
    return Finding(
        "certificate",
        "problem" if days < _CERTIFICATE_URGENT_DAYS else "warning",
        message,
        (
            "Renouvelez-le, et vérifiez pourquoi le renouvellement automatique ne l'a pas fait.",
            "Renew it, and find out why the automatic renewal did not.",
        ),
    )
