"""supervisord with three changes.

**A full disk.** If a line of a log cannot be written, supervisord prints a traceback, to a file on the same disk. The resulting
error ended it, or closed a program's output for good, and no program could be restarted or stopped any more.

**Its own end.** If it is killed, the system asks its processes to end (SIGTERM), as it would have done itself.

**Its record** (cli/manager_record.py), which stays if it did not end properly.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

from supervisor import loggers, options, supervisord

from cli.holder import end_with_parent
from cli.manager_record import clear_record, write_record


def _drop_line(handler: loggers.Handler) -> None:
    """Drops the line. The next one is written once there is space again."""


def _end_with_manager(manager: int) -> None:
    """Prepares a new process of the ``manager``; the first thing that supervisord runs in it."""
    os.setpgrp()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # else supervisord's handler would take it until exec
    end_with_parent(signal.SIGTERM)
    if os.getppid() != manager:
        os._exit(0)


def main() -> None:
    """Runs supervisord with the arguments of this process, of which the last is the configuration file."""
    run, manager = Path(sys.argv[-1]).parent, os.getpid()
    loggers.Handler.handleError = _drop_line
    options.ServerOptions.setpgrp = lambda _: _end_with_manager(manager)
    with contextlib.suppress(OSError):  # a full disk
        write_record(run)
    supervisord.main()
    clear_record(run)


if __name__ == "__main__":
    main()
