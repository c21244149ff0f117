"""White space between adjacent inline elements: the npm package lost it, the official XML has it.

The package was written by a parser that drops text made of white space only, so the space in ``<b>travaille</b> <b>le 1er
mai</b>`` is missing. Two neighbours are hardly ever one word: a space is inserted unless their ends exclude it.
"""

import re

_GLUED_LEFT = re.compile(r"(?:[\s(\[{«“'’]|\w[-/])$")  # an elision (l', d', qu'), an opening bracket, "porte-"
_GLUED_RIGHT = re.compile(r"^[\s.,;:!?)\]}»”…'’°]")
_LONE_LETTER = re.compile(r"(?:^|\W)[b-xzB-XZ]$")  # not a French word, unlike a, à and y; initials between words are not either
_RAISED = frozenset({"Exposant", "Indice"})


def needs_gap(left: str, right: str, *, left_tag: str, right_tag: str, same_target: bool = False) -> bool:
    """Decides whether a space was lost between two neighbouring elements with these texts and tags.

    ``same_target``: both are links to the same page, that is, one link cut in two.
    """
    if not left or not right or right_tag in _RAISED or same_target:
        return False
    if _GLUED_LEFT.search(left) or _GLUED_RIGHT.match(right):
        return False
    cut_word = left_tag == right_tag and _LONE_LETTER.search(left) and right[0].islower()
    return not cut_word
