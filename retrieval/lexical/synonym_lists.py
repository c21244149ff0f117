"""The synonyms in use: the built-in list, and the administration's own file as it changes."""

from __future__ import annotations

from pathlib import Path

import structlog

from retrieval.lexical.synonyms import Synonyms, SynonymsUnusable, built_in, read_groups

log = structlog.get_logger(__name__)


class SynonymLists:
    """Follows one file. A file that cannot be read is logged, and what was in use before stays in use."""

    def __init__(self, own: Path | None = None) -> None:
        self._own = own
        self._seen: tuple[int, int] | None = None
        self.current = built_in()
        self.refresh()

    def refresh(self) -> None:
        """Reads the file again if it has changed, appeared or gone."""
        seen = _state(self._own) if self._own else None
        if seen == self._seen:
            return
        self._seen = seen
        if seen is None or self._own is None:
            self.current = built_in()
            return
        try:
            self.current = Synonyms((*built_in().groups, *read_groups(self._own)))
            log.info("synonyms_loaded", file=str(self._own))
        except SynonymsUnusable as error:
            log.error("synonyms_refused", reason=str(error))


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
