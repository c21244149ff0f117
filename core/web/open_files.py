"""Room for as many connections as are let in: each is an open file, of which a process is given 1,024 by most systems."""

from __future__ import annotations

import resource

import structlog

_BESIDE = 256  # the record, Redis, the engine, files of its own

log = structlog.get_logger(__name__)


def make_room(connections: int) -> None:
    """Raise this process's limit of open files to what ``connections`` take, as far as the system lets it.

    Beyond the limit nothing at all can be opened: the record neither. Where the system lets it be too low, the log says so.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _BESIDE
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    given = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
    if given < wanted:
        log.warning("file_limit_low", limit=given, wanted=wanted)
