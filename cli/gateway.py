"""``python -m cli.gateway``: the gateway with all parts of the desks, on ``GUICHET_HOST:GUICHET_PORT`` until SIGTERM.

It is composed here because the packages of the desks' parts do not import each other.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import FastAPI

from analytics.desk import costs, insights
from analytics.insights.queries import Scope, subjects
from analytics.open_data import routes as open_data
from analytics.open_data.release import Releases
from channels.gateway.app import create_app
from channels.gateway.composition import build
from channels.gateway.connection_limits import limited_protocol
from channels.http.deps import Deps
from channels.sms.composition import sms_renderer
from channels.web import desk as website
from channels.web.api import nearby
from channels.web.api.socket import MAX_FRAME
from cli.citizen_replies import replies_with
from cli.desk_preview import near_with, preview_with
from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.privacy.logs import configure_logs
from core.privacy.masking import mask
from core.settings import Settings
from core.settings.following import followed
from core.telemetry.tracing import traced
from core.web.open_file_limit import raise_open_file_limit
from core.web.serving import serve
from desk import Part, service_settings
from integrators import api
from integrators import desk as integrators
from knowledge_base.desk import editor, offices, publishing, synonyms, topics, workflow
from knowledge_base.desk.editor.contracts import Use, Uses
from knowledge_base.quality.golden import store as golden
from knowledge_base.quality.golden.contracts import Golden
from places.offices.directory_file import FILE, nearest_office
from supervision.desk import approvals, console, review, tasks
from supervision.review.judging import KeepGolden

_HUMAN_SEGMENTS = 10  # the longest human reply by SMS


def parts(settings: Settings, deps: Deps) -> list[Part]:
    """Returns the parts of both desks, one per line."""
    preview = preview_with(settings, deps.wording, deps.renderers)
    return [
        workflow.part(deps.database, settings, preview),
        console.part(deps, sms_renderer(settings, deps.wording, max_segments=_HUMAN_SEGMENTS)),
        costs.part(settings, deps.database),
        insights.part(settings, deps.database, deps.renderers["web"]),
        publishing.part(settings, deps.database, replies_with(settings)),
        editor.part(settings, deps.database, preview=preview, near=near_with(settings), used=_used(settings, deps.database)),
        synonyms.part(settings, deps.database),
        offices.part(settings, deps.database),
        topics.part(settings, deps.database),
        review.part(deps, _keep_golden(deps.database)),
        tasks.part(deps.database),
        approvals.part(settings, deps.database),
        website.part(settings, deps.database),
        service_settings.part(settings, deps.database),
        integrators.part(settings, deps.database),
    ]


def _used(settings: Settings, database: Database) -> Uses:
    """Returns a function that counts how often entries were shown to citizens in the last 90 days."""

    async def used() -> dict[str, Use]:
        today = local_day(now(), settings.opening.zone)
        shown = await subjects(database, Scope(today - timedelta(days=89), today))
        return {one.entry: Use(one.count, one.not_useful) for one in shown}

    return used


def _keep_golden(database: Database) -> KeepGolden:
    """Returns a function that turns a question, with the page that a reviewer accepted, into a golden question."""

    async def keep(question: str, language: str, channel: str, entries: tuple[str, ...], who: str) -> None:
        known = Golden.model_validate(
            {"question": question, "locale": language, "gold": entries, "channel": channel, "origin": "review", "author": who}
        )
        await golden.add(database, known)

    return keep


def create(settings: Settings, deps: Deps | None = None) -> FastAPI:
    """Returns the whole gateway for ``settings``."""
    deps = deps or build(settings)
    releases = Releases(deps.database, settings)
    nearest = partial(nearest_office, settings.home / FILE)
    routers = [open_data.router(releases), api.router(deps, releases), nearby.router(deps, nearest)]
    return create_app(settings, deps, parts(settings, deps), routers)


def serving(settings: Settings) -> dict[str, Any]:
    """Returns the options of uvicorn. Event streams end two seconds after a shutdown begins; clients then resume."""
    hsts = settings.hsts_seconds if settings.base_url.startswith("https://") else 0
    return {
        "headers": [("Strict-Transport-Security", f"max-age={hsts}")] if hsts else [],
        "ws_max_size": MAX_FRAME,
        "ws_per_message_deflate": False,  # 40 kB a socket, for frames of a few hundred bytes
        "timeout_graceful_shutdown": 2,
        "server_header": False,
        "http": limited_protocol(settings),
        # Limits and sign-in depend on the client's address. Without this, all clients behind a proxy would have the same
        # address.
        "forwarded_allow_ips": settings.proxies.replace(" ", "") or None,
    }


def main(settings: Settings) -> None:
    """Serves the gateway.

    The lists of names for masking are loaded before the port is open; otherwise the first message would block all others.
    """
    mask("bonjour")
    raise_open_file_limit(settings.limit_connections)
    with traced(settings, "gateway"), followed(settings):
        serve(create(settings), host=settings.host, port=settings.port, **serving(settings))


if __name__ == "__main__":
    configure_logs("gateway")
    main(Settings())
