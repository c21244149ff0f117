"""Waiting for the index of all sections, which the indexer builds in the background of a service that was just started."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cli.language import Refusal, say
from cli.supervision import State, Supervisor
from retrieval.pipeline import snapshots_folder
from retrieval.snapshots import Snapshots, SnapshotUnusable

_LOOK_SECONDS = 2.0
_AT_WORK = {"starting", "running", "backoff"}


def wait_for_sections(
    home: Path,
    *,
    states: Callable[[], Sequence[State]] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Return once the index under ``home`` holds every section and the indexer, which others share the processor with, rests.

    ``states`` tells what each process does (supervisord's, unless given). Raises ``Refusal`` where the index holds titles
    only, and nobody is at work on the rest.
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
    """Whether the indexer works, or is about to: after a failure (``detail`` has its code) supervisord starts it again."""
    return any(
        one.name == "indexer" and (one.state in _AT_WORK or (one.state == "exited" and bool(one.detail))) for one in states
    )


def _titles_only(home: Path) -> bool:
    """Decides whether the active index is a provisional one. Where there is none to be read, the service's lies elsewhere."""
    snapshots = Snapshots(snapshots_folder(home))
    try:
        return snapshots.manifest(snapshots.active()).stage == "titles"
    except SnapshotUnusable:
        return False
