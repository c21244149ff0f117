"""Anchors within a page of the knowledge base, as the address of an answer names them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_MOST_CHARS = 60
_LABEL = re.compile(r"\*\*([^*]+)\*\*")


def anchor(names: Sequence[str]) -> str:
    """Returns the anchor for the place under the headings and cases ``names`` (the same as in widget/answer.js)."""
    text = "".join(c for c in unicodedata.normalize("NFKD", " ".join(names)) if not unicodedata.category(c).startswith("M"))
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:_MOST_CHARS].rstrip("-")


def place_of(block: Mapping[str, Any]) -> str:
    """Returns the anchor of an answer block: of its headings and cases, else of the label of its first sentences."""
    label = _LABEL.match(block["body"])
    return anchor([*block["headings"], *block["cases"]]) or anchor([label[1].split(" / ")[0] if label else ""])
