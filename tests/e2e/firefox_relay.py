"""Firefox for Playwright: starts it, and relays WebDriver BiDi, answering the one command that this Firefox does not know.

Playwright (1.65) sends ``emulation.setMediaFeaturesOverride``, which Firefox ESR 153 refuses as unknown; without an answer no
page is opened. It is started by ``tests/e2e/web/test_firefox.py`` in the place of Firefox, with its arguments.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from functools import partial

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

_LISTENING = re.compile(rb"WebDriver BiDi listening on (ws://\S+)")
_UNKNOWN = "emulation.setMediaFeaturesOverride"


async def relay(client: ServerConnection, firefox: str) -> None:
    """Passes frames on in both directions until one side closes."""
    path = client.request.path if client.request else "/session"
    async with connect(firefox + path, max_size=None, compression=None) as other:

        async def back() -> None:
            async for frame in other:
                await client.send(frame)

        answers = asyncio.create_task(back())
        async for frame in client:
            command = json.loads(frame)
            if command["method"] == _UNKNOWN:
                await client.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
            else:
                await other.send(frame)
        answers.cancel()


async def main() -> None:
    process = await asyncio.create_subprocess_exec(os.environ["FIREFOX"], *sys.argv[1:], stderr=asyncio.subprocess.PIPE)
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, process.terminate)
    assert process.stderr is not None
    async for line in process.stderr:
        if found := _LISTENING.search(line):
            server = await serve(partial(relay, firefox=found[1].decode()), "127.0.0.1", 0, max_size=None, compression=None)
            port = next(iter(server.sockets)).getsockname()[1]
            print(f"WebDriver BiDi listening on ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
    await process.wait()


if __name__ == "__main__":
    asyncio.run(main())
