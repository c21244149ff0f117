"""Logs: one JSON object per line on stderr, without citizens' texts.

Code logs ids and figures, never texts. As a safeguard every string is masked, and of an exception only its type and the
places it passed are written (messages of validators and drivers quote their input).
"""

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
_OURS = re.compile(r"[0-9a-f]{32}")  # our own random ids
# "uvicorn.error" logs at level INFO who opened which socket, with a citizen's address.
_QUIET = ("httpx", "httpcore", "uvicorn.access", "uvicorn.error", "alembic", "sqlalchemy")


def configure_logs(process: str, *, level: int = logging.INFO) -> None:
    """Sends structlog's and the standard library's logs to stderr, as JSON, under the name of ``process``."""

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
    logging.raiseExceptions = False  # a line that cannot be written is not printed unmasked instead
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def exception_places(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces ``exc_info`` by the exception's type and the places it passed, the innermost last."""
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
    """Masks every string of a log line, nested ones too, except the time and our own ids."""
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
    """Returns the masked text. Most strings recur in the next line: without the cache, masking takes a tenth of the time."""
    return mask(text).text


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


def _dumps(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=lambda value: type(value).__name__, option=orjson.OPT_NON_STR_KEYS).decode()
