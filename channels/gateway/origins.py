"""Which websites may embed the widget."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from core.settings import Settings


def widget_origins(settings: Settings) -> list[str]:
    """The origins of ``widget_sites`` (scheme, host and port), or ``["*"]``."""
    sites = [site.strip().rstrip("/") for site in settings.widget_sites.split(",") if site.strip()]
    return ["*"] if "*" in sites else sites


def allowed_origin(settings: Settings, connection: HTTPConnection) -> bool:
    """Whether a socket may be opened from the page it comes from. Without an ``Origin``, the caller is no browser."""
    origin = connection.headers.get("origin")
    allowed = widget_origins(settings)
    if origin is None or "*" in allowed or origin in allowed:
        return True
    return urlsplit(origin).netloc == connection.headers.get("host") or origin == settings.base_url
