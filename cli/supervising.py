"""supervisord, as it is, but for what a full disk did to it.

Where a line of a log cannot be written, it prints a traceback: to a file on the same disk. What that raised ended it, or closed
a program's output for good, and left all programs with nobody who could restart or stop them.
"""

from __future__ import annotations

from supervisor import loggers, supervisord


def _leave_out(handler: loggers.Handler) -> None:
    """The line is left out, and nothing else; there is room again, and the next one is written."""


def main() -> None:
    """Run supervisord with the arguments of this process."""
    loggers.Handler.handleError = _leave_out
    supervisord.main()


if __name__ == "__main__":
    main()
