"""Text without accents, as many people write it. The only module that removes accents; Rasa loads it too (Python 3.11)."""

import re
import unicodedata
from typing import Literal

Form = Literal["NFD", "NFKD"]

# Units and phrases that Unicode has as one character, which stands for five to eighteen: 2,000 of them would be read as 36,000.
_PHRASES = re.compile("[\u321d\u321e\u327c\u3300-\u3357\u33ae\u33af\ufdfa\ufdfb]")


def compatible(text: str) -> str:
    """Returns ``text`` with one form of each character (NFKC): full-width letters and ligatures become plain letters.

    Of signs for a whole phrase a space is left: the text never becomes more than four times as long.
    """
    return text if text.isascii() else unicodedata.normalize("NFKC", _PHRASES.sub(" ", text))


def unaccented(text: str, form: Form = "NFD") -> str:
    """Returns ``text`` without accents and other marks on its letters.

    With ``NFKD``, full-width letters and ligatures also become plain letters ("ﬁ" is "fi"; "œ" stays), as in ``compatible``.
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize(form, _PHRASES.sub(" ", text) if form == "NFKD" else text)
    for character in set(decomposed):  # few accents in many letters: a quarter of the time
        if unicodedata.combining(character):
            decomposed = decomposed.replace(character, "")
    return decomposed


def fold(text: str, form: Form = "NFD") -> str:
    """Returns ``text`` in lower case, with straight apostrophes and without accents."""
    return unaccented(text.lower().replace("’", "'"), form)
