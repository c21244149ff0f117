"""Citizens' open pages: each reads its replies over a socket, and connects to another set when that one is lost."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tools.bench.load import Load

_SILENT_SECONDS = 10.0  # without a pong; the widget misses an acknowledgement after 8, a pong after 28
_AGAIN_SECONDS = 1.0


@dataclass
class Pages:
    """What was shown on all pages: how often each message's reply, when first, and how many replies were out of order."""

    shown: Counter[str] = field(default_factory=Counter)
    at: dict[str, float] = field(default_factory=dict)
    out_of_order: int = 0
    lost_connections: int = 0

    def figures(self, load: Load) -> dict[str, float]:
        """Returns the figures of the messages that the website accepted in ``load``."""
        ours = {name for name in load.acknowledged if not name.startswith("SM")}
        waits = [self.at[name] - load.sent[name] for name in ours if name in self.at]
        return {
            "shown": len(waits),
            "not_shown": len(ours) - len(waits),
            "shown_twice": sum(count > 1 for name, count in self.shown.items() if name in ours),
            "shown_out_of_order": self.out_of_order,
            "lost_connections": self.lost_connections,
            "longest_shown_s": round(max(waits, default=0.0), 1),
        }


@asynccontextmanager
async def open_pages(load: Load) -> AsyncIterator[Pages]:
    """Keeps a page open for each citizen of ``load`` while the block runs."""
    pages = Pages()
    tasks = [
        asyncio.create_task(_page(pages, load.addresses[number % len(load.addresses) :], load.addresses, token))
        for number, token in enumerate(load.tokens)
    ]
    try:
        yield pages
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _page(pages: Pages, first: Sequence[str], all_: Sequence[str], token: str) -> None:
    after = 0
    for address in itertools.chain(first, itertools.cycle(all_)):
        try:
            async with connect(
                f"{address.replace('http', 'ws', 1)}/api/web/socket",
                compression=None,
                proxy=None,
                open_timeout=_SILENT_SECONDS / 2,
                ping_interval=_SILENT_SECONDS / 2,
                ping_timeout=_SILENT_SECONDS / 2,
                close_timeout=1,
            ) as socket:
                await socket.send(json.dumps({"type": "hello", "token": token, "after": after}))
                async for frame in socket:
                    event = json.loads(frame)
                    if event["type"] == "reply":
                        pages.out_of_order += event["seq"] <= after
                        after = max(after, event["seq"])
                        if answered := event["in_reply_to"]:
                            pages.shown[answered] += 1
                            pages.at.setdefault(answered, time.monotonic())
        except (OSError, TimeoutError, WebSocketException):
            pass
        pages.lost_connections += 1
        await asyncio.sleep(_AGAIN_SECONDS)
