"""``python -m knowledge_base.publishing``: runs the publisher until SIGTERM or SIGINT."""

import asyncio
import os
import signal

import uvloop

from core.database import Database
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.telemetry import metrics_server
from knowledge_base.publishing.publisher import Publisher
from retrieval.embedding.remote import RemoteEmbedder

_NICE = 5  # citizens' questions have priority


async def main(settings: Settings) -> None:
    """Runs one publisher."""
    async with Database(settings.sql_url) as database:
        publisher = Publisher(settings, database, lambda: RemoteEmbedder(settings))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, publisher.stop)
        with metrics_server("publisher", settings.home):
            await publisher.run()


if __name__ == "__main__":
    configure_logs("publisher")
    os.nice(_NICE)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Settings()))
