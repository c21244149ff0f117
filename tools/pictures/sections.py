"""Waits for the index of all sections, which the indexer builds in the background after a start."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.language import Refusal, say
from cli.supervision import State, Supervisor
from retrieval.snapshots.folder import Snapshots, SnapshotUnusable
from retrieval.snapshots.update import snapshots_folder

_LOOK_SECONDS = 2.0
_AT_WORK = {"starting", "running", "backoff"}


def wait_for_sections(
    home: Path,
    *,
    states: Callable[[], Sequence[State]] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Waits until the index under ``home`` has every section and the indexer, which uses much of the processor, has ended.

    ``states`` returns the state of each process (supervisord's, unless given). Raises ``Refusal`` if the index has titles only
    and no indexer is running.
    """
    states = states or Supervisor(home).states
    if _indexing(states()):
        say(
            "L'indexeur travaille encore (toutes les sections, puis la mesure des réponses) : j'attends qu'il ait fini. "
            "./guichet logs indexer dit où il en est.",
            "The indexer is still at work (every section, then the answers' quality): waiting until it has finished. "
            "./guichet logs indexer tells how far it is.",
        )
        while _indexing(states()):
            pause(_LOOK_SECONDS)
    if _titles_only(home):
        raise Refusal(
            "L'index ne contient que les titres, et rien ne le complète. Lancez ./guichet index build, puis relancez.",
            "The index holds titles only, and nothing completes it. Run ./guichet index build, then run this again.",
        )


def _indexing(states: Sequence[State]) -> bool:
    """Decides whether the indexer works, or will soon: after a failure (``detail`` has its code) supervisord starts it
    again.
    """
    return any(
        one.name == "indexer" and (one.state in _AT_WORK or (one.state == "exited" and bool(one.detail))) for one in states
    )


def _titles_only(home: Path) -> bool:
    """Decides whether the active index is a provisional one. If there is no readable one, the service's is elsewhere."""
    snapshots = Snapshots(snapshots_folder(home))
    try:
        return snapshots.manifest(snapshots.active()).stage == "titles"
    except SnapshotUnusable:
        return False
