"""The gateway's application: middleware outside, routers inside, one set of services for all."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware import Middleware

from channels.gateway import health, internal, metrics
from channels.gateway.allowed_hosts import AllowedHosts
from channels.gateway.body_limit import BodyLimit
from channels.gateway.composition import build
from channels.gateway.problems import KNOWN
from channels.gateway.relative_redirects import RelativeRedirects
from channels.gateway.widget_cors import WidgetCors
from channels.http.deps import Deps
from channels.http.rate_limiting import RateLimiting
from channels.sms import short_link_routes, webhooks
from channels.sms.composition import sms_channels
from channels.sms.simulator import routes as simulator
from channels.sms.simulator.account import is_offered
from channels.sms.simulator.opt_outs import SimulatedOptOuts
from channels.web import api
from channels.web.pages import router as pages
from channels.web.pages.problem import ProblemPage
from channels.web.pages.templating import Pages
from core import problems
from core.privacy.finders.cases import use_patterns
from core.settings import Settings
from core.version import version
from core.web.routes import join_router
from desk import Part, composition
from desk.mail_alerts import Mailing
from desk.shell import Shell


def mount(app: FastAPI, deps: Deps, others: Sequence[APIRouter] = ()) -> None:
    """Adds all routes except operations (health, metrics) and the desks, in the order in which they are tried.

    A route answers strangers with 401 or 403, or is listed in ``tests/public_routes.py`` with the reason.
    """
    for router in (
        api.router(deps),
        pages.router(deps),
        internal.router(deps),
        *others,
        short_link_routes.router(deps),
        webhooks.router(deps.inbound, sms_channels(deps.settings)),
    ):
        join_router(app.router, router)
    if is_offered(deps.settings):
        opt_outs = SimulatedOptOuts(deps.database, deps.addresses)
        app.include_router(simulator.router(deps.settings, opt_outs))  # it has a lifespan


def create_app(
    settings: Settings, deps: Deps | None = None, parts: Sequence[Part] = (), others: Sequence[APIRouter] = ()
) -> FastAPI:
    """Returns the gateway for ``settings``, with ``parts`` of the desks and ``others``' routes (``cli.gateway`` gives all of
    them).

    Raises ``WordingError`` or ``WordsError`` if ``domain.yml`` or a part lacks a text.
    """
    use_patterns(settings.privacy_case_numbers.split())
    deps = deps or build(settings)
    deps.wording.require(problems.WORDS)
    checks, figures, shell = health.Health(deps), metrics.Metrics(), Shell(settings, deps.database, parts)

    def say(name: str, language: str, values: Mapping[str, Any]) -> str:
        return shell.say(name, language, values) if "." in name else deps.wording.say(name, language, values)

    public = ProblemPage(Pages(deps))

    def page(request: Request, document: dict[str, Any]) -> Response | None:
        return composition.problem_page(request, document) or public(request, document, answer.language(request))

    answer = problems.ProblemResponder(say, lambda: settings.default_language, page)

    mailing = Mailing(shell)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        deps.hub.start()
        mailing.start()
        yield
        await mailing.close()
        await shell.watch.close()
        await checks.close()
        await deps.close()

    app = FastAPI(
        title=settings.service_name,
        version=version(),
        openapi_url="/api/openapi.json",
        docs_url=None,  # the default page loads its script from a third party
        redoc_url=None,
        # Its records quote the input; our own figures are in ``metrics``.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        lifespan=lifespan,
        middleware=[
            Middleware(metrics.CountRequests, metrics=figures),
            Middleware(AllowedHosts, deps=deps, answer=answer),
            Middleware(WidgetCors, settings=settings),
            Middleware(RelativeRedirects),
            Middleware(RateLimiting, deps=deps, answer=answer),
            Middleware(BodyLimit, answer=answer, streamed=shell.bodies),
        ],
    )
    app.state.deps = deps
    problems.install(app, answer, known=KNOWN | composition.KNOWN)
    mount(app, deps, others)  # routes are tried in this order: those of citizens and providers come first
    join_router(app.router, health.router(deps, checks))
    join_router(app.router, metrics.router(deps, figures, checks))
    composition.install(app, shell)
    return app
