"""The synonyms in use: the built-in list, and the administration's own files as they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import structlog

from retrieval.lexical.synonyms import Group, Synonyms, SynonymsUnusable, built_in, read_groups

log = structlog.get_logger(__name__)

DESK_LIST = "synonyms.desk.yml"  # in the state folder: what the record says is in use, written by the publisher


class SynonymLists:
    """Follows files, of which any may be missing. Of one that cannot be read, which is logged, what was in use stays in use.

    All lists count together. Where two replace the same word, the file given first decides, the built-in list last.
    """

    def __init__(self, *own: Path | None) -> None:
        self._seen: dict[Path, tuple[int, int] | None] = {path: None for path in own if path}
        self._groups: dict[Path, tuple[Group, ...]] = {}
        self.current, self._own = built_in(), Synonyms(())
        self.refresh()

    @classmethod
    def fixed(cls, groups: Iterable[Group]) -> SynonymLists:
        """One that follows nothing: ``groups`` beside the built-in ones."""
        lists = cls()
        lists._use(tuple(groups))
        return lists

    @property
    def own(self) -> tuple[Group, ...]:
        """The administration's groups, in the order in which they decide."""
        return self._own.groups

    def ours(self, query: Sequence[str]) -> bool:
        """Decides whether the words of a query hold one that the administration itself explains: it is no stranger to it."""
        return bool(self._own.matches(query))

    def refresh(self) -> None:
        """Reads again the files that have changed, appeared or gone."""
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
    """Returns what differs once the file at ``path`` has changed; ``None``: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
