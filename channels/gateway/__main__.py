"""``python -m channels.gateway``: serves on ``GUICHET_HOST:GUICHET_PORT`` until SIGTERM."""

from __future__ import annotations

import uvicorn

from channels.gateway.app import create_app
from channels.web.api.socket import MAX_FRAME
from core.privacy.logs import configure_logs
from core.settings import Settings


def main(settings: Settings) -> None:
    """Serve. Event streams are cut after two seconds at shutdown; clients resume after the last reply they saw."""
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # addresses and paths of citizens are nobody's business
        ws_max_size=MAX_FRAME,
        timeout_graceful_shutdown=2,
        server_header=False,
    )


if __name__ == "__main__":
    configure_logs("gateway")
    main(Settings())
