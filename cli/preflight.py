"""Conditions for an installation or a start. Each refusal has advice."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import socket
import stat
from pathlib import Path

from cli.demonstration import COMMUNE, PHONE
from cli.language import Refusal, say
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
        say(
            f"  Il ne reste que {free} Go sur le disque de {folder} : assez pour répondre, peut-être pas pour un nouvel index.",
            f"  Only {free} GB are left on the disk of {folder}: enough to answer, perhaps not for a new index.",
        )
    else:
        raise Refusal(
            f"Il reste {free} Go sur le disque de {folder}, et il en faut {gigabytes}. Libérez de la place, puis relancez.",
            f"{free} GB are left on the disk of {folder}, and {gigabytes} are needed. Make room, then run this again.",
        )


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
            raise Refusal(
                f"Le port {process.port} ({process.name}) est déjà pris. Arrêtez le programme qui l'occupe, "
                f"ou choisissez-en un autre avec {process.port_setting} dans .env, puis relancez.",
                f"Port {process.port} ({process.name}) is taken. Stop the program that holds it, "
                f"or choose another one with {process.port_setting} in .env, then run this again.",
            )


def check_browsers(settings: Settings) -> None:
    """Raises ``Refusal`` for a port that browsers block. Behind a proxy only the public address counts."""
    if not settings.public_url and settings.port in CLOSED_TO_BROWSERS:
        raise Refusal(
            f"Les navigateurs n'ouvrent aucune page sur le port {settings.port} : choisissez-en un autre avec GUICHET_PORT "
            "dans .env (8080 par exemple), puis relancez.",
            f"Browsers open no page at port {settings.port}: choose another one with GUICHET_PORT in .env (8080, say), then "
            "run this again.",
        )


def is_taken(port: int, host: str) -> bool:
    """Decides whether another program listens there. Raises ``Refusal`` if ``host`` is not an address of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Refusal(
                f"Le port {port} est réservé à l'administrateur de la machine : choisissez-en un au-dessus de 1023 dans .env, "
                "derrière un mandataire (deploy/README.md).",
                f"Port {port} is kept for the machine's administrator: choose one above 1023 in .env, behind a reverse proxy "
                "(deploy/README.md).",
            ) from None
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Refusal(
                    f"{host} n'est pas une adresse de cette machine : corrigez GUICHET_HOST (ou GUICHET_INNER_HOST) dans .env. "
                    "0.0.0.0 les désigne toutes.",
                    f"{host} is no address of this machine: mend GUICHET_HOST (or GUICHET_INNER_HOST) in .env. 0.0.0.0 stands "
                    "for all.",
                ) from None
            return True
    return False


def check_production(settings: Settings) -> None:
    """Raises ``Refusal`` for what production forbids: guessable secrets, plain HTTP, the simulator, demonstration data."""
    signing = () if settings.model_public_key else ("model_key",)
    for name in ("secret_key", "internal_secret", "address_key", *signing):
        if len(getattr(settings, name).get_secret_value()) < SECRET_LENGTH:
            raise Refusal(
                f"GUICHET_{name.upper()} est trop court pour la production : il faut au moins {SECRET_LENGTH} caractères "
                "tirés au hasard. Supprimez la ligne de .env et relancez : ./guichet en écrira un.",
                f"GUICHET_{name.upper()} is too short for production: it takes at least {SECRET_LENGTH} random characters. "
                "Delete its line from .env and run this again: ./guichet will write one.",
            )
    if not settings.public_url.startswith("https://"):
        raise Refusal(
            "En production, GUICHET_PUBLIC_URL doit être une adresse https:// : "
            "les messages des citoyens ne circulent pas en clair.",
            "In production, GUICHET_PUBLIC_URL must be an https:// address: citizens' messages do not travel in the clear.",
        )
    if settings.sms_provider == "simulator":
        raise Refusal(
            "Le simulateur de SMS n'a pas sa place en production : réglez GUICHET_SMS_PROVIDER (« twilio », ou vide).",
            "The SMS simulator has no place in production: set GUICHET_SMS_PROVIDER ('twilio', or empty).",
        )
    if settings.contact_phone == PHONE or settings.office_commune == COMMUNE:
        raise Refusal(
            "Les coordonnées sont celles de la ville imaginaire de la démonstration : remplacez dans .env "
            "GUICHET_ORGANISATION, GUICHET_CONTACT_…, GUICHET_OFFICE_… et ce qui les suit par celles de votre administration.",
            "The contact details are those of the demonstration's imaginary town: in .env, replace GUICHET_ORGANISATION, "
            "GUICHET_CONTACT_…, GUICHET_OFFICE_… and what follows them by your administration's.",
        )
    if settings.widget_sites.strip() == "*":
        raise Refusal(
            "En production, GUICHET_WIDGET_SITES doit nommer les sites qui peuvent afficher l'assistant.",
            "In production, GUICHET_WIDGET_SITES must name the sites that may embed the assistant.",
        )
    if not settings.knowledge_base_archive:
        raise Refusal(
            "Les fiches de démonstration datent de 2018 à 2020 et n'ont pas leur place en production : "
            "réglez GUICHET_KNOWLEDGE_BASE_ARCHIVE sur l'archive XML officielle de service-public.fr.",
            "The demonstration pages date from 2018 to 2020 and have no place in production: "
            "set GUICHET_KNOWLEDGE_BASE_ARCHIVE to service-public.fr's official XML archive.",
        )
