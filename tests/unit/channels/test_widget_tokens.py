"""The panel's colours, light and dark: text is readable on its ground, and edges can be seen."""

from __future__ import annotations

import re

import pytest

from channels.web.pages.assets import STATIC
from core.web.colours import luminance

TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("ground", "pale")),
    *(("warn-ink", ground) for ground in ("ground", "warn")),
    *(("ink", ground) for ground in ("warn", "alarm")),
]
EDGES = [("edge", "ground"), ("edge", "pale"), ("warn-edge", "warn"), ("alarm-edge", "alarm"), ("alarm-edge", "ground")]


def tokens(scheme: str) -> dict[str, str]:
    """Returns the colours of one scheme by name, #rrggbb."""
    (text,) = re.findall(rf"const {scheme} = `(.*?)`", (STATIC / "widget" / "style.js").read_text(), re.DOTALL)
    colours = re.findall(r"--([\w-]+): #([0-9a-f]+);", text)
    return {name: "#" + (value if len(value) == 6 else "".join(2 * digit for digit in value)) for name, value in colours}


@pytest.mark.parametrize("scheme", ["LIGHT", "DARK"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (EDGES, 3.0)])
def test_tokens_have_the_contrast_that_the_guide_promises(scheme: str, pairs: list[tuple[str, str]], least: float) -> None:
    colours = tokens(scheme)

    def contrast(one: str, other: str) -> float:
        light, dark = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    assert {pair: round(found, 2) for pair in pairs if (found := contrast(*pair)) < least} == {}
