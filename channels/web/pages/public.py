"""The start page, the demonstration site, and the legally required pages: about, privacy, legal, accessibility."""

from fastapi import APIRouter, Request, Response
from starlette.routing import Match

from channels.web.pages import facts, rgaa
from channels.web.pages.templating import Pages
from core.database import Database


def router(pages: Pages, database: Database) -> APIRouter:
    """Returns pages that only read. The notices are in French and English, what every citizen needs also in the
    panel's other languages: ``templates/{language}/{name}.html``."""
    routes, collections = APIRouter(), facts.Collections(database)

    @routes.get("/")
    async def home(request: Request) -> Response:
        doors = {path for path in ("/desk", "/simulator") if serves(request, path)}
        return pages.render("home.html", request, {"doors": doors})

    @routes.get("/demo")
    async def demo(request: Request) -> Response:
        return pages.render("demo.html", request, language=pages.panel_language(request), script=True)

    @routes.get("/about")
    async def about(request: Request) -> Response:
        home = pages.settings.home
        values = {
            "collections": await collections(),
            "snapshot": facts.snapshot(home),
            "quality": facts.evaluation(home, "latest"),
            "equality": facts.evaluation(home, "equality"),
            "energy": facts.evaluation(home, "energy"),
            "first_reply": facts.evaluation(home, "first_reply"),
        }
        language = pages.panel_language(request)
        return pages.render(f"{language}/about.html", request, values, language=language)

    @routes.get("/privacy")
    async def privacy(request: Request) -> Response:
        language = pages.panel_language(request)
        return pages.render(f"{language}/privacy.html", request, language=language)

    @routes.get("/legal")
    async def legal(request: Request) -> Response:
        return pages.render(f"{pages.language(request)}/legal.html", request)

    @routes.get("/accessibility")
    async def accessibility(request: Request) -> Response:
        values = {"rgaa": rgaa.themes(), "rgaa_counts": rgaa.counts()}
        return pages.render(f"{pages.language(request)}/accessibility.html", request, values)

    return routes


def serves(request: Request, path: str) -> bool:
    """Decides whether this gateway has a page at ``path``: some parts are mounted in some installations only."""
    scope = dict(request.scope) | {"path": path, "method": "GET"}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
