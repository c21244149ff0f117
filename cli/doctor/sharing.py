"""The shared storage of snapshots: whether it answers, and has the snapshot in use here."""

from __future__ import annotations

from collections.abc import Iterator

from cli.doctor.findings import Finding, ok, warning
from core.settings import Settings
from core.shared_folder import SharedUnreachable
from retrieval.snapshots.folder import Snapshots
from retrieval.snapshots.shared import shared_snapshots
from retrieval.snapshots.update import snapshots_folder


def shared_folder(settings: Settings) -> Iterator[Finding]:
    """Checks the shared place, if one is configured. Writes nothing there."""
    shared = shared_snapshots(settings)
    if shared is None:
        return
    active = Snapshots(snapshots_folder(settings.home)).active()
    try:
        is_shared = bool(active) and shared.holds(active)
        count = len(shared.versions())
    except SharedUnreachable as error:
        yield warning(
            "shared-snapshots",
            f"Le stockage partagé des index ne répond pas ; chaque machine construit les siens. ({error})",
            f"The storage that indexes are shared through does not answer; each machine builds its own. ({error})",
            "Vérifiez GUICHET_SNAPSHOTS_URL, que le dossier est monté, ou les clés et l'adresse S3 (deploy/README.md).",
            "Check GUICHET_SNAPSHOTS_URL, that the folder is mounted, or S3's keys and address (deploy/README.md).",
        )
        return
    if active and not is_shared:
        yield warning(
            "shared-snapshots",
            f"L'index {active} n'est pas dans {shared.url}.",
            f"Index {active} is not in {shared.url}.",
            "./guichet index build l'y dépose ; ./guichet logs publisher dit pourquoi il n'y est pas.",
            "./guichet index build puts it there; ./guichet logs publisher says why it is not.",
        )
        return
    yield ok("shared-snapshots", f"Index partagés dans {shared.url} : {count}.", f"Indexes shared in {shared.url}: {count}.")
