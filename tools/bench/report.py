"""A report in three forms: JSON for programs, a Markdown table, and a self-contained page with bars."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

_TARGETS = {  # from the issue that defined them, on two idle cores
    "turn.web.p50_ms": 60.0,
    "turn.web.p95_ms": 120.0,
    "turn.web.p50_to_floor": 2.0,
    "search.p95_ms": 40.0,
    "rss_mb": 2800.0,
    "sockets.kb_each": 60.0,
    "sockets.ack.p99_ms": 150.0,
    "sockets.storm_s": 10.0,
    "sockets.lost": 0.0,
}
_AT_LEAST = {"turns_per_second": 40.0, "alternatives.r1_to_best": 1.15, "alternatives.r1_to_response_selector": 1.5}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#161616}"
    "table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}.no{color:#b00020;font-weight:600}.yes{color:#006b3c}"
    "svg{width:100%;height:auto}"
)


def flat(report: dict[str, Any]) -> dict[str, str | int | float | None]:
    """Returns ``report`` with nested figures under dotted names."""
    found: dict[str, str | int | float | None] = {}
    for name, value in report.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": inner for key, inner in flat(value).items()}
        else:
            found[name] = value
    return found


def met(name: str, value: object) -> bool | None:
    """Decides whether a figure reaches its target; ``None`` if it has none."""
    if not isinstance(value, int | float):
        return None
    if name in _TARGETS:
        return value <= _TARGETS[name]
    return value >= _AT_LEAST[name] if name in _AT_LEAST else None


def markdown(report: dict[str, Any]) -> str:
    """Returns a table for a README."""
    lines = ["| measure | value | wanted |", "|---|---|---|"]
    for name, value in flat(report).items():
        lines.append(f"| {name} | {value} | {_wanted(name)} |")
    return "\n".join(lines) + "\n"


def html(title: str, report: dict[str, Any]) -> str:
    """Returns a self-contained page: a bar for each time, and a table of all figures."""
    rows = []
    for name, value in flat(report).items():
        good = met(name, value)
        mark = {True: "yes", False: "no", None: ""}[good]
        rows.append(
            f'<tr><th scope="row">{escape(name)}</th><td class="n {mark}">{escape(str(value))}</td>'
            f'<td class="n">{escape(_wanted(name))}</td></tr>'
        )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1>{_bars(report)}<table><thead><tr><th>measure</th><th>value</th><th>wanted</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></html>\n"
    )


def write(folder: Path, stem: str, title: str, report: dict[str, Any]) -> Path:
    """Writes all three forms to ``folder``; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    (folder / f"{stem}.md").write_text(markdown(report), encoding="utf-8")
    page = folder / f"{stem}.html"
    page.write_text(html(title, report), encoding="utf-8")
    return page


def _wanted(name: str) -> str:
    if name in _TARGETS:
        return f"≤ {_TARGETS[name]:g}"
    return f"≥ {_AT_LEAST[name]:g}" if name in _AT_LEAST else ""


def _bars(report: dict[str, Any]) -> str:
    """Returns each latency as a bar with its value next to it, so that the bar need not be seen."""
    times = {
        name: float(value) for name, value in flat(report).items() if name.endswith("_ms") and isinstance(value, int | float)
    }
    if not times:
        return ""
    most, height = max(times.values()) or 1.0, 22
    parts = []
    for number, (name, value) in enumerate(times.items()):
        y = number * height
        parts.append(
            f'<text x="0" y="{y + 15}" font-size="12">{escape(name)}</text>'
            f'<rect x="300" y="{y + 4}" width="{max(1.0, 420 * value / most):.1f}" height="14" fill="#000091"/>'
            f'<text x="{308 + 420 * value / most:.1f}" y="{y + 15}" font-size="12">{value:g} ms</text>'
        )
    return f'<svg viewBox="0 0 800 {height * len(times)}" role="img" aria-label="Times">{"".join(parts)}</svg>'
