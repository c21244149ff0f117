"""Anchors within a page of the knowledge base, as the address of an answer names them."""

import re
import unicodedata
from collections.abc import Sequence

_MOST_CHARS = 60


def anchor(names: Sequence[str]) -> str:
    """Returns the anchor for the place under the headings and cases ``names`` (the same as in widget/answer.js)."""
    text = "".join(c for c in unicodedata.normalize("NFKD", " ".join(names)) if not unicodedata.category(c).startswith("M"))
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:_MOST_CHARS].rstrip("-")
