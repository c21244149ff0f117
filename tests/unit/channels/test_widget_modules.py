"""The modules of the widget, joined to the one file that a press on the launcher loads."""

from __future__ import annotations

from channels.web.pages.assets import STATIC, joined

SOURCES = {path.name: path.read_text(encoding="utf-8") for path in (STATIC / "widget").glob("*.js")}
ON_DEMAND = {"suggest.js", "satisfaction.js", "nearest.js"}


def test_joined_panel_has_every_module_once_and_imports_nothing() -> None:
    panel = joined(SOURCES)["panel.js"]
    assert 'from "./' not in panel
    names = {name.removesuffix(".js") for name in SOURCES.keys() - ON_DEMAND}
    assert {name: panel.count(f"const ${name} = (() => {{") for name in names} == dict.fromkeys(names, 1)
    assert "export const { createPanel } = $panel;" in panel


def test_joined_modules_on_demand_take_what_they_import_from_the_panel() -> None:
    parts = joined(SOURCES)
    assert parts["suggest.js"].count('import { $dom } from "./panel.js"; const { fill, h, tongue } = $dom;') == 1
    assert not any('from "./dom.js"' in parts[name] for name in ON_DEMAND)
    assert {name for name in SOURCES if parts[name] == SOURCES[name]} == SOURCES.keys() - {
        "panel.js",
        "suggest.js",
        "satisfaction.js",
    }
