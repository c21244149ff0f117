"""Words of names and messages, folded so that "St-Étienne", "ST ETIENNE" and "saint étienne" are equal."""

import re

from core.text.folding import unaccented

_TOKEN = re.compile(r"[^\W_]+|[.,;:!?()\n]")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "sr": "sur", "ss": "sous", "ls": "les"}


def folded(text: str) -> str:
    """Returns ``text`` in lower case, without accents, with ligatures written out."""
    return unaccented(text, "NFKD").lower().replace("œ", "oe").replace("æ", "ae")


def tokens_in(text: str) -> list[str]:
    """Returns the words of ``text`` and the punctuation that ends sentences. Hyphens and apostrophes separate words."""
    return _TOKEN.findall(text)


def short_written_out(word: str) -> str:
    """Returns a folded word with abbreviations written in full: "saint" for "st"."""
    return _SHORT.get(word, word)


def key_of(name: str) -> str:
    """Returns the folded words of a name, under which it is indexed."""
    return " ".join(short_written_out(token) for token in tokens_in(folded(name)) if token[0].isalnum())
