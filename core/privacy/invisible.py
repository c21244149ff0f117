"""Invisible characters: they hide words from people, split a number that must be masked, or reverse a line."""

import re

HIDDEN = "hidden"  # in ``messages.masked`` next to the kinds of masked data: a supervisor is told

_LATIN = "\x00-\u024f"
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    # Joiners belong in emoji and in Arabic and Indic words, and never next to a Latin letter.
    f"|[\u200c\u200d](?![^{_LATIN}])|(?<![^{_LATIN}])[\u200c\u200d]"
)


def visible(text: str) -> str:
    """Returns ``text`` without soft hyphens, zero-width and bidirectional characters, and Unicode tags."""
    return _INVISIBLE.sub("", text)
