"""The files of the widget and the pages, read and compressed once.

``/widget.js`` has the settings and texts that the launcher shows, so that it needs no request of its own. What it loads on
opening is one file, made of the modules, under a path with their common digest, and may be cached for ever.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import orjson
from fastapi import APIRouter, Request, Response

from channels.web.contact import unavailable
from channels.web.pages.templating import PageDeps
from core.languages import PANEL_LANGUAGES
from core.settings import PerEdition, Settings
from core.web.assets import Asset, asset_or_404, load_assets, version_of
from core.web.colours import readable_on

STATIC = Path(__file__).resolve().parent.parent / "static"
# Loaded with the first letter, when the panel closes, and on "The nearest to me".
_ON_DEMAND = frozenset({"suggest.js", "satisfaction.js", "nearest.js"})
_FOR_EVER = "public, max-age=31536000, immutable"
_PLACEHOLDER = "const SETTINGS = {}; // replaced by channels/web/pages/assets.py"
_COLOURS = "--colour: #0b5c6b; --on-colour: #ffffff;"

_PANEL = "panel.js"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function|class) (\w+))", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*\*.*?\*/[ \t]*)\n", re.DOTALL | re.MULTILINE)
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


def shortened(script: str) -> str:
    """Returns ``script`` without indentation and without comments that have lines of their own: a sixth of what is sent."""
    return _INDENTATION.sub("", _COMMENT.sub("", script))


def joined(sources: Mapping[str, str]) -> dict[str, str]:
    """Returns the modules of ``sources`` with those that the panel imports joined to it, since on a slow network each file is
    a wait. Modules that are loaded on demand take what they import from there.
    """
    found: dict[str, str] = {}  # module → its code; what a module imports comes before it

    def add(name: str) -> None:
        source = sources[f"{name}.js"]
        for _, wanted in _IMPORT.findall(source):
            if wanted not in found:
                add(wanted)
        body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = $\2;", source))
        found[name] = f"const ${name} = (() => {{\n{body}\nreturn {{ {', '.join(_EXPORT.findall(source))} }};\n}})();"

    add(_PANEL.removesuffix(".js"))
    exported = ", ".join(f"${name}" for name in found)
    panel = "\n".join([*found.values(), f"export const {{ createPanel }} = $panel;\nexport {{ {exported} }};"])
    taken = rf'import {{ $\2 }} from "./{_PANEL}"; const \1 = $\2;'
    return {**sources, **{name: _IMPORT.sub(taken, sources[name]) for name in _ON_DEMAND}, _PANEL: panel}


def launcher(deps: PageDeps, version: str) -> Asset:
    """Returns ``widget.js`` with what it needs before it is opened."""
    settings = deps.settings
    contact = settings.contact_phone or settings.contact_url or settings.organisation
    words = {
        language: {
            "launcher": deps.wording.text("ui_title", language=language),
            "unavailable": unavailable(settings, deps.wording, language, contact),
        }
        for language in PANEL_LANGUAGES
    }
    content = {
        "version": version,
        "colour": settings.widget_colour,
        "onColour": readable_on(settings.widget_colour),
        "language": settings.default_language,
        "words": words,
    }
    filled = _filled("widget.js", _PLACEHOLDER, f"const SETTINGS = {orjson.dumps(content).decode()};")
    return Asset.of("widget.js", shortened(filled).encode())


def page_style(settings: Settings) -> Asset:
    """Returns the pages' style sheet with the administration's colour."""
    colours = f"--colour: {settings.widget_colour}; --on-colour: {readable_on(settings.widget_colour)};"
    return Asset.of("pages.css", _filled("pages/pages.css", _COLOURS, colours).encode())


def _filled(name: str, place: str, value: str) -> str:
    source = (STATIC / name).read_text(encoding="utf-8")
    if place not in source:
        raise RuntimeError(f"{name} has no place for its settings")
    return source.replace(place, value)


def router(deps: PageDeps) -> APIRouter:
    """Returns ``/widget.js``, ``/widget/{version}/{file}`` and ``/static/pages/{file}``."""
    paths = sorted((STATIC / "widget").glob("*.js"))
    sources = joined({path.name: shortened(path.read_text(encoding="utf-8")) for path in paths})
    modules = {name: Asset.of(name, source.encode()) for name, source in sources.items()}
    files, version = load_assets(STATIC / "pages"), version_of(modules)
    widget = PerEdition(deps.settings, lambda: launcher(deps, version))
    style = PerEdition(deps.settings, lambda: {"pages.css": page_style(deps.settings)})
    routes = APIRouter()

    @routes.get("/widget.js")
    async def widget_script(request: Request) -> Response:
        return widget().response(request, "public, max-age=300")

    @routes.get("/widget/{asked}/{name}")
    async def widget_module(request: Request, asked: str, name: str) -> Response:
        # A page opened before an update asks for its old version: it gets the present files, and may not cache them. A launcher
        # of before asks for each module, and needs the panel only.
        return asset_or_404(modules, name).response(request, _FOR_EVER if asked == version else "no-store")

    @routes.get("/static/pages/{name}")
    async def page_file(request: Request, name: str) -> Response:
        return asset_or_404(files | style(), name).response(request, "public, max-age=300")

    return routes
