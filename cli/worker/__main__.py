"""``python -m cli.worker``: runs until SIGTERM or SIGINT, then completes the current turns."""

import asyncio
import signal

import uvloop

from cli.worker.app import Worker
from cli.worker.composition import compose
from core import socket_handover
from core.garbage_collection import freeze_long_lived
from core.privacy.logs import configure_logs
from core.settings import Settings
from core.settings.following import followed
from core.telemetry import metrics_server
from core.telemetry.tracing import traced


async def main(settings: Settings) -> None:
    """Runs one worker."""
    worker: Worker = compose(settings)
    freeze_long_lived()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        with metrics_server("worker", settings.home), traced(settings, "worker"), followed(settings):
            await worker.run(ready=socket_handover.report_ready)
    finally:
        await worker.database.close()


if __name__ == "__main__":
    configure_logs("worker")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(Settings()))
