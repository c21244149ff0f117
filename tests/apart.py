"""Asynchronous work of a synchronous test."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def apart[T](work: Coroutine[Any, Any, T]) -> T:
    """Do ``work`` in a thread of its own: Playwright's event loop may be running in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()
