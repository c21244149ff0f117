"""The websites that may embed the widget, and the website that a request comes from."""

from starlette.requests import HTTPConnection

from core.settings import Settings
from core.web.network import is_same_host

OURS = ""  # the site of our own pages, and of clients other than browsers
PROGRAMS = "api:"  # begins the sites of other programs (integrators/api/ask.py), which are no pages


def widget_origins(settings: Settings) -> list[str]:
    """Returns the origins of ``widget_sites`` (scheme, host and port), or ``["*"]``."""
    sites = [site.strip().rstrip("/") for site in settings.widget_sites.split(",") if site.strip()]
    return ["*"] if "*" in sites else sites


def site_of(settings: Settings, connection: HTTPConnection) -> str:
    """Returns the origin of the page that a request comes from, or ``OURS``.

    Browsers send it with every request to another site, and with every socket; they omit it for a read by one of our own pages.
    """
    origin = connection.headers.get("origin")
    if origin is None or origin == settings.base_url or is_same_host(origin, connection.headers.get("host", "")):
        return OURS
    return origin


def allowed_site(settings: Settings, site: str) -> bool:
    """Decides whether the widget may be embedded on ``site``. A program could send its own site as its origin: never there."""
    allowed = widget_origins(settings)
    return site == OURS or (("*" in allowed or site in allowed) and not site.startswith(PROGRAMS))
