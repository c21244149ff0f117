"""Fetches pages and files, and keeps a copy of each, so that the next reading fetches only what has changed."""

import hashlib
import shutil
import time
from pathlib import Path

import orjson

from knowledge_base.sources.sites.robots import Robots
from knowledge_base.sources.sites.safe_fetch import PAGE, FetchRefused, Limits, SafeFetcher

_INTERRUPTED_KEPT = 86_400.0  # seconds; an older reading that was interrupted begins again
_GONE = (404, 410)


class KeptPages:
    """The copies of one source below ``folder``: ``new`` of a reading that goes on, ``last`` of the one before.

    An interrupted reading continues with the copies in ``new``. ``stale`` counts the pages that could not be read now and were
    taken from ``last``.
    """

    def __init__(self, fetcher: SafeFetcher, folder: Path) -> None:
        self._fetcher, self._robots = fetcher, Robots(fetcher)
        self._new, self._last = folder / "new", folder / "last"
        self.stale = 0
        if self._new.is_dir() and self._new.stat().st_mtime < time.time() - _INTERRUPTED_KEPT:
            shutil.rmtree(self._new)
        self._new.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, url: str, *, limits: Limits = PAGE, pause: float = 0.0, or_last: bool = False) -> Path:
        """Returns the copy of ``url``, fetched unless this reading has it. ``pause``: seconds after it, at least.

        ``or_last``: where the site does not answer, the copy of the reading before is taken. Raises ``FetchRefused``.
        """
        name = hashlib.sha256(url.encode()).hexdigest()
        new, last = self._new / name, self._last / name
        if new.is_file():
            return new
        conditions = last.with_suffix(".json")
        try:
            self._robots.check(url)
            known = orjson.loads(conditions.read_bytes()) if last.is_file() and conditions.is_file() else {}
            fetched = self._fetcher.get(url, known, limits)
            new.with_suffix(".json").write_bytes(orjson.dumps(fetched.conditions))
        except FetchRefused as refused:
            if not or_last or refused.status in _GONE or not last.is_file():
                raise
            self.stale += 1
            return last
        part = new.with_suffix(".part")
        if fetched.unchanged:
            shutil.copyfile(last, part)
        else:
            part.write_bytes(fetched.content)
        part.replace(new)
        time.sleep(max(pause, self._robots.pause(url) if pause else 0.0))
        return new

    def finish(self) -> None:
        """Makes the copies of this reading those that the next one compares with."""
        if self.stale:
            for path in self._last.iterdir():
                if not (self._new / path.name).exists():
                    shutil.copyfile(path, self._new / path.name)
        shutil.rmtree(self._last, ignore_errors=True)
        self._new.rename(self._last)
