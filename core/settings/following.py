"""Keeps the settings of a running process as the desk has them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from core.settings import Settings

log = structlog.get_logger(__name__)

_EVERY = 1.0  # seconds


@contextmanager
def followed(settings: Settings) -> Iterator[None]:
    """Looks once a second, while the block runs, whether the desk has changed ``settings``."""
    over = threading.Event()

    def follow() -> None:
        while not over.wait(_EVERY):
            if settings.follow_desk():
                log.info("desk_settings_followed")

    thread = threading.Thread(target=follow, name="desk settings", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
