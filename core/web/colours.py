"""Colours that an administration chooses, and the text that can be read on them."""

_DARKEST_GROUND_OF_BLACK = 0.179  # relative luminance at which black and white have the same contrast (4.6)


def luminance(colour: str) -> float:
    """Returns the relative luminance of ``colour`` (#rrggbb), 0 to 1, as WCAG 2.2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def readable_on(colour: str) -> str:
    """Returns black or white, whichever has more contrast on ``colour``: at least 4.5, whatever the colour."""
    return "#000000" if luminance(colour) > _DARKEST_GROUND_OF_BLACK else "#ffffff"
