"""Text from forms as a reader sees it."""

import unicodedata


def visible_line(text: str) -> str:
    """Returns ``text`` in Unicode's composed form, as one line without invisible or unassigned characters."""
    shown = (" " if unicodedata.category(one)[0] == "C" else one for one in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())
