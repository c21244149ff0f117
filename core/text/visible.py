"""Text from forms as a reader sees it."""

import unicodedata

_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode categories


def visible_line(text: str) -> str:
    """Returns ``text`` in Unicode's composed form, as one line without invisible characters."""
    shown = (" " if unicodedata.category(one) in _INVISIBLE else one for one in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())
