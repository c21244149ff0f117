"""How likely a written word is a slip of another: edits weighed by what fingers do on an AZERTY keyboard.

A letter hit twice costs least, then one exchanged with the next or taken for its neighbour; any other letter costs most, above
all at the beginning of a word, which is seldom wrong.
"""

from __future__ import annotations

# Chosen on the project's own questions with slips drawn from two seeds; share of their terms that is lost before and after,
# slips alone and everything at once: .129 → .112, .182 → .171; on the real development questions .104 → .078, .122 → .102
# (there with the longer limits for looking words up, too).
# Limits a sixth higher or lower, and frequencies that weigh half, twice or three times as much, lose up to .007 more.
DOUBLED, EXCHANGED, NEIGHBOUR, LEFT_OUT, OTHER, FIRST = 0.4, 0.7, 0.7, 0.9, 1.2, 0.4
_ONE_OF_TWO = 0.6  # one of two equal letters left out
_LIMITS = {4: 1.2, 5: 1.3, 6: 1.9, 7: 1.9}  # by the letters of the written word
_LONG = 2.4
# An AZERTY keyboard, row by row.
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_PLACES = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}


def limit(written: str) -> float:
    """Returns the cost from which ``written`` (four letters or more) is no slip of a word."""
    return _LIMITS.get(len(written), _LONG)


def cost(word: str, written: str) -> float:
    """Returns the least sum of edits that make ``written`` of ``word``; both folded."""
    before: list[float] = []
    row = [LEFT_OUT * at for at in range(len(written) + 1)]
    for i, letter in enumerate(word):
        above, last = before, row
        before, row = last, [last[0] + LEFT_OUT + FIRST * (i == 0)]
        for j, hit in enumerate(written):
            best = min(
                last[j] + _replaced(letter, hit, first=i == 0),
                row[j] + (DOUBLED if j and written[j - 1] == hit else LEFT_OUT),
                last[j + 1] + (_ONE_OF_TWO if i and word[i - 1] == letter else LEFT_OUT),
            )
            if i and j and letter == written[j - 1] != hit == word[i - 1]:
                best = min(best, above[j - 1] + EXCHANGED)
            row.append(best)
    return row[-1]


def once(word: str) -> str:
    """``word`` with every letter that was hit twice or more standing once."""
    return "".join(letter for at, letter in enumerate(word) if not at or word[at - 1] != letter)


def variants(word: str) -> list[str]:
    """Returns what ``word`` would be without one doubled letter, or with two neighbours exchanged."""
    found = []
    for at in range(len(word) - 1):
        if word[at] == word[at + 1]:
            found.append(word[:at] + word[at + 1 :])
        found.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return found


def mistaken(word: str, written: str) -> bool:
    """Decides whether the two differ by one letter, and it is the other's neighbour on the keyboard."""
    if len(word) != len(written):
        return False
    changed = [(right, wrong) for right, wrong in zip(word, written, strict=True) if right != wrong]
    return len(changed) == 1 and neighbours(*changed[0])


def neighbours(one: str, other: str) -> bool:
    """Decides whether two keys lie side by side."""
    if one not in _PLACES or other not in _PLACES:
        return False
    (row, column), (line, place) = _PLACES[one], _PLACES[other]
    return abs(row - line) <= 1 and abs(column - place) <= 1


def _replaced(letter: str, hit: str, *, first: bool) -> float:
    if letter == hit:
        return 0.0
    return NEIGHBOUR if neighbours(letter, hit) else OTHER + FIRST * first
