"""A long text is analysed off the event loop, one at a time; a short one at once."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time

from core.text.analysis import SHORT, analyse


async def test_long_texts_are_analysed_one_at_a_time_and_off_the_event_loop() -> None:
    threads: list[int] = []
    spans: list[tuple[float, float]] = []

    def work(text: str) -> int:
        began = time.monotonic()
        threads.append(threading.get_ident())
        time.sleep(0.005)
        spans.append((began, time.monotonic()))
        return len(text)

    texts = ["x" * (SHORT + number) for number in range(1, 9)]
    assert await asyncio.gather(*(analyse(work, text) for text in texts)) == [len(text) for text in texts]
    assert threading.get_ident() not in threads
    assert all(ended <= began for (_, ended), (began, _) in itertools.pairwise(spans))


async def test_short_text_is_analysed_at_once() -> None:
    assert await analyse(lambda _: threading.get_ident(), "carte perdue") == threading.get_ident()
