"""The shared storage of snapshots: whether it answers, and has the snapshot in use here."""

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
        yield warning("shared-snapshots", "shared_silent", error=error)
        return
    if active and not is_shared:
        yield warning("shared-snapshots", "index_not_shared", active=active, place=shared.url)
        return
    yield ok("shared-snapshots", "indexes_shared", place=shared.url, count=count)
