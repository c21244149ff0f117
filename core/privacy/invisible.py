"""Characters that nobody sees and machines read: they hide words from people, split those that are looked for (a number that
is to be masked), or turn a line around.
"""

from __future__ import annotations

import re

HIDDEN = "hidden"  # stands in ``messages.masked`` beside the kinds of what was masked: a supervisor is told

_LATIN = "\x00-\u024f"
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    # Joiners belong into emoji and into Arabic and Indic words, and nowhere beside a Latin letter.
    f"|[\u200c\u200d](?![^{_LATIN}])|(?<![^{_LATIN}])[\u200c\u200d]"
)


def visible(text: str) -> str:
    """``text`` without soft hyphens, zero-width and bidirectional characters, and Unicode tags."""
    return _INVISIBLE.sub("", text)
