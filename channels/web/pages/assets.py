"""The widget and the pages' files, read once, compressed once.

``/widget.js`` carries the settings and words that the launcher shows, so that it needs no request of its own; the modules
it loads on opening stand under a path with the digest of them all, and may be cached for ever.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

import orjson
from fastapi import APIRouter, HTTPException, Request, Response

from channels.web.pages.deps import PageDeps
from channels.wording import LANGUAGES

STATIC = Path(__file__).resolve().parent.parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"
_PLACEHOLDER = "const SETTINGS = {}; // replaced by channels/web/pages/assets.py"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    compressed: bytes
    media_type: str
    digest: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        media_type = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "application/octet-stream"
        digest = hashlib.sha256(content).hexdigest()[:16]
        return cls(content, gzip.compress(content, 9, mtime=0), media_type, digest)

    def response(self, request: Request, cache: str) -> Response:
        headers = {
            "Cache-Control": cache,
            "ETag": f'"{self.digest}"',
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            # Any site may embed the widget; whether its visitors may talk to us is the web API's business.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(self.compressed, media_type=self.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(self.content, media_type=self.media_type, headers=headers)


def load(folder: Path) -> dict[str, Asset]:
    """The files of ``folder`` (not of its sub-folders) by name."""
    return {path.name: Asset.of(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()}


def version_of(assets: dict[str, Asset]) -> str:
    """A digest that changes when any of ``assets`` does."""
    return hashlib.sha256("".join(name + asset.digest for name, asset in assets.items()).encode()).hexdigest()[:12]


def launcher(deps: PageDeps, version: str) -> Asset:
    """``widget.js`` with the settings and words that it shows before it is opened."""
    settings = deps.settings
    contact = settings.contact_phone or settings.contact_url or settings.organisation
    words = {
        language: {
            "launcher": deps.wording.text("ui_title", language=language),
            "unavailable": deps.wording.text("ui_unavailable", language=language, contact=contact),
        }
        for language in LANGUAGES
    }
    known = {"version": version, "colour": settings.widget_colour, "language": settings.default_language, "words": words}
    source = (STATIC / "widget.js").read_text(encoding="utf-8")
    if _PLACEHOLDER not in source:
        raise RuntimeError("widget.js has no place for its settings")
    return Asset.of("widget.js", source.replace(_PLACEHOLDER, f"const SETTINGS = {orjson.dumps(known).decode()};").encode())


def router(deps: PageDeps) -> APIRouter:
    """``/widget.js``, ``/widget/{version}/{file}`` and ``/static/pages/{file}``."""
    modules, files = load(STATIC / "widget"), load(STATIC / "pages")
    version = version_of(modules)
    widget = launcher(deps, version)
    routes = APIRouter()

    @routes.get("/widget.js")
    async def widget_script(request: Request) -> Response:
        return widget.response(request, "public, max-age=300")

    @routes.get("/widget/{asked}/{name}")
    async def widget_module(request: Request, asked: str, name: str) -> Response:
        # A page opened before an update asks for the version it knows: it gets today's, and may not keep it.
        return _found(modules, name).response(request, _FOR_EVER if asked == version else "no-store")

    @routes.get("/static/pages/{name}")
    async def page_file(request: Request, name: str) -> Response:
        return _found(files, name).response(request, "public, max-age=300")

    return routes


def _found(assets: dict[str, Asset], name: str) -> Asset:
    if name not in assets:
        raise HTTPException(404)
    return assets[name]
