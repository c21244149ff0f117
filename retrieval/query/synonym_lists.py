"""The synonyms in use: the built-in list, and the administration's own files, which may change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from retrieval.query.synonyms import Group, Synonyms, SynonymsUnusable, built_in, read_groups

log = structlog.get_logger(__name__)

DESK_LIST = "synonyms.desk.yml"  # in the state folder; the publisher writes the groups in use to it, from the database


class SynonymLists:
    """The lists of synonyms, read again when a file changes. Any file may be missing. If a file cannot be read, this is logged
    and its previous content stays in use.

    All lists count together. If two replace the same word, the first given file has priority, the built-in list the lowest.
    """

    def __init__(self, *own: Path | None) -> None:
        self._seen: dict[Path, tuple[int, int] | None] = {path: None for path in own if path}
        self._groups: dict[Path, tuple[Group, ...]] = {}
        self.current, self._own = built_in(), Synonyms(())
        self.refresh()

    @classmethod
    def fixed(cls, groups: Iterable[Group]) -> SynonymLists:
        """Returns lists that follow no file: ``groups`` and the built-in ones."""
        lists = cls()
        lists._use(tuple(groups))
        return lists

    @property
    def own(self) -> tuple[Group, ...]:
        """Returns the administration's groups, by priority."""
        return self._own.groups

    def ours(self, query: Sequence[str]) -> bool:
        """Decides whether a query contains a word from the administration's own groups. Such a query is within the service's
        scope.
        """
        return bool(self._own.matches(query))

    def refresh(self) -> None:
        """Reads the files again that have changed, appeared or disappeared."""
        changed = False
        for path, before in self._seen.items():
            seen = state_of(path)
            if seen == before:
                continue
            self._seen[path] = seen
            try:
                self._groups[path] = tuple(read_groups(path)) if seen else ()
            except SynonymsUnusable as error:
                log.error("synonyms_refused", reason=str(error))
                continue
            log.info("synonyms_loaded", file=str(path), groups=len(self._groups[path]))
            changed = True
        if changed:
            self._use(tuple(group for path in self._seen for group in self._groups.get(path, ())))

    def _use(self, own: tuple[Group, ...]) -> None:
        self._own = Synonyms(own)
        self.current = Synonyms((*own, *built_in().groups)) if own else built_in()


def state_of(path: Path) -> tuple[int, int] | None:
    """Returns a value that differs when the file at ``path`` has changed; ``None`` if there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
