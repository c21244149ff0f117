"""Text on a colour that an administration chose has enough contrast, whatever the colour."""

from __future__ import annotations

import itertools

import pytest

from core.web.colours import luminance, readable_on

NEEDED = 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("colour", "text"), [("#ffe600", "#000000"), ("#0b5c6b", "#ffffff"), ("#767676", "#000000")])
def test_readable_on_chooses_the_colour_with_more_contrast(colour: str, text: str) -> None:
    assert readable_on(colour) == text
    assert contrast(colour, text) >= contrast(colour, {"#000000": "#ffffff", "#ffffff": "#000000"}[text])


def test_readable_on_has_enough_contrast_on_every_colour() -> None:
    steps = [f"{value:02x}" for value in range(0, 256, 15)]
    colours = [f"#{''.join(parts)}" for parts in itertools.product(steps, repeat=3)]
    assert min(contrast(colour, readable_on(colour)) for colour in colours) >= NEEDED
