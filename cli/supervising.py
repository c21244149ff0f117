"""supervisord, as it is, but for three things.

**A full disk.** Where a line of a log cannot be written, it prints a traceback: to a file on the same disk. What that raised
ended it, or closed a program's output for good, and left all programs with nobody who could restart or stop them.

**Its own end.** Where it is killed, the system asks its processes to end (SIGTERM), as it would have done.

**Its record** (cli/manager_record.py), which stays where it did not end in order.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path

from supervisor import loggers, options, supervisord

from cli.holder import end_with_parent
from cli.manager_record import clear_record, write_record


def _leave_out(handler: loggers.Handler) -> None:
    """The line is left out, and nothing else; there is room again, and the next one is written."""


def _tie(manager: int) -> None:
    """For a new process of the ``manager``: the first that supervisord has it do."""
    os.setpgrp()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # until the program is there, supervisord's own handler would take it
    end_with_parent(signal.SIGTERM)
    if os.getppid() != manager:
        os._exit(0)


def main() -> None:
    """Run supervisord with the arguments of this process, of which the last is the configuration file."""
    run, manager = Path(sys.argv[-1]).parent, os.getpid()
    loggers.Handler.handleError = _leave_out
    options.ServerOptions.setpgrp = lambda _: _tie(manager)
    with contextlib.suppress(OSError):  # a full disk
        write_record(run)
    supervisord.main()
    clear_record(run)


if __name__ == "__main__":
    main()
