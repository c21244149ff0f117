"""The knowledge base as the background that subjects are compared with."""

from retrieval.contracts import Vectors
from retrieval.snapshots.snapshot import Snapshot


class SnapshotBackground:
    """Implements ``knowledge_base.quality.demand.clustering.Background`` with a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @property
    def mean(self) -> Vectors:
        return self._snapshot.heads.moments.mean

    def rarity(self, term: str) -> float:
        return self._snapshot.lexical.rarity(term)
