"""The one way in which tests wait: until a condition is true, for a bounded time. They never sleep for a fixed time."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

_PAUSE = 0.01
_SECONDS = 180.0  # where nine others want the two cores, a gateway that was killed took more than a minute

type Ignored = type[Exception] | tuple[type[Exception], ...]


def wait_until(
    condition: Callable[[], Any], *, seconds: float = _SECONDS, ignoring: Ignored = (), pause: float = _PAUSE
) -> Any:
    """Returns what ``condition`` returns once it is true. Raises ``TimeoutError`` after ``seconds``.

    An exception of ``ignoring`` counts as false. ``pause`` in seconds lies between two looks: longer where a look is expensive.
    """
    deadline, raised = time.monotonic() + seconds, None
    while True:
        try:
            if result := condition():
                return result
        except ignoring as error:
            raised = error
        if time.monotonic() > deadline:
            raise TimeoutError(f"the condition did not come true in {seconds} s") from raised
        time.sleep(pause)


async def until(condition: Callable[[], Any], *, seconds: float = _SECONDS, ignoring: Ignored = ()) -> Any:
    """Waits like ``wait_until`` while the event loop runs. ``condition`` may be a function or a coroutine function."""
    raised = None
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    result = condition()
                    if inspect.isawaitable(result):
                        result = await result
                    if result:
                        return result
                except ignoring as error:
                    raised = error
                await asyncio.sleep(_PAUSE)
    except TimeoutError as error:
        raise error from raised
