"""Logs: one JSON object a line on stderr, without what citizens write.

Code logs ids and figures, never texts. Two nets catch what slips through: every string is masked, and of an exception
only its type and the places it passed are written (messages of validators and drivers quote their input).
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import structlog

from core.privacy.masking import mask

_ROOT = Path(__file__).resolve().parents[2]
_OURS = re.compile(r"[0-9a-f]{32}")  # ids that we drew at random
# "uvicorn.error" says at its ease who opened which socket, with the address: that is a citizen's.
_QUIET = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "alembic", "sqlalchemy")


def configure_logs(process: str, *, level: int = logging.INFO) -> None:
    """Send structlog's and the standard library's logs to stderr, as JSON, under the name of ``process``."""

    def named(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        named,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                exception_places,
                masked_values,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.raiseExceptions = False  # a line that cannot be written is not printed raw instead
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def exception_places(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace ``exc_info`` by the exception's type and the places it passed, the innermost last."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-8:]
        event["at"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def masked_values(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every string of a log line, nested ones too; the time and ids of our own making pass unharmed."""
    return {key: value if key == "timestamp" else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    match value:
        case str():
            return value if _OURS.fullmatch(value) else _masked_text(value)
        case dict():
            return {key: _masked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_masked(inner) for inner in value]
        case _:
            return value


@lru_cache(maxsize=1024)
def _masked_text(text: str) -> str:
    """Most strings of a line are those of the line before: masking them anew was a tenth of the action server's Python."""
    return mask(text).text


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


def _dumps(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__, option=orjson.OPT_NON_STR_KEYS).decode()
