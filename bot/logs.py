"""The input channel's own log: JSON lines on stderr like the other processes', with ids and times, never a text.

Rasa's own log level is "error" (below it, it prints citizens' texts). This log has one line for each turn, by which a
conversation can be followed through all processes.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

_FIELDS = ("conversation", "message", "channel", "outcome", "milliseconds", "error", "cause")


class JsonLines(logging.Formatter):
    """Writes the message, which is a constant, and those of ``extra={"fields": …}`` that are known to be harmless.

    They are in a dictionary of their own: ``logging`` raises ``KeyError`` if a key of ``extra`` is called ``message``.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "process": "rasa",
        }
        fields = getattr(record, "fields", {})
        line.update({name: fields[name] for name in _FIELDS if name in fields})
        return json.dumps(line)


def log_turns(logger: logging.Logger) -> None:
    """Makes ``logger`` write such lines from level info on, without Rasa's handlers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
