"""The limit of open files: each connection needs one, and most systems allow a process 1,024."""

import resource

import structlog

_BESIDE = 256  # for the record, Redis, the dialogue engine and files

log = structlog.get_logger(__name__)


def raise_open_file_limit(connections: int) -> None:
    """Raises this process's limit of open files for ``connections``, as far as the system allows.

    Beyond the limit nothing at all can be opened, not even the record. If the system's limit is too low, this is logged.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _BESIDE
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    given = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (given, hard))
    if given < wanted:
        log.warning("file_limit_low", limit=given, wanted=wanted)
