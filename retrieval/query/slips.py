"""The probability that a written word is a slip of another: edits weighted by the layout of an AZERTY keyboard.

A doubled letter costs least, then two exchanged letters or a neighbouring key. Any other letter costs most, above all at the
beginning of a word, which is seldom wrong.
"""

# Chosen on the project's own questions with random slips. Share of their terms that is lost before and after, slips alone and
# all noises at once: .129 → .112, .182 → .171; on the real development questions .104 → .078, .122 → .102. Limits a sixth
# higher or lower, or other weights of frequency, lose up to .007 more.
DOUBLED, EXCHANGED, NEIGHBOUR, LEFT_OUT, OTHER, FIRST = 0.4, 0.7, 0.7, 0.9, 1.2, 0.4
_ONE_OF_TWO = 0.6  # one of two equal letters left out
_LIMITS = {4: 1.2, 5: 1.3, 6: 1.9, 7: 1.9}  # by the length of the written word
_LONG = 2.4
# The rows of an AZERTY keyboard.
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_PLACES = {letter: (row, column) for row, letters in enumerate(_ROWS) for column, letter in enumerate(letters)}


def limit(written: str) -> float:
    """Returns the cost from which ``written`` (four letters or more) no longer counts as a slip."""
    return _LIMITS.get(len(written), _LONG)


def cost(word: str, written: str) -> float:
    """Returns the least sum of edits from ``word`` to ``written``; both are folded."""
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
    """Returns ``word`` with every repeated letter once."""
    return "".join(letter for at, letter in enumerate(word) if not at or word[at - 1] != letter)


def variants(word: str) -> list[str]:
    """Returns the forms of ``word`` without one doubled letter, or with two neighbouring letters exchanged."""
    found = []
    for at in range(len(word) - 1):
        if word[at] == word[at + 1]:
            found.append(word[:at] + word[at + 1 :])
        found.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    return found


def mistaken(word: str, written: str) -> bool:
    """Decides whether the two differ by one letter, which is a neighbour of the other on the keyboard."""
    if len(word) != len(written):
        return False
    changed = [(right, wrong) for right, wrong in zip(word, written, strict=True) if right != wrong]
    return len(changed) == 1 and neighbours(*changed[0])


def neighbours(one: str, other: str) -> bool:
    """Decides whether two keys are adjacent."""
    if one not in _PLACES or other not in _PLACES:
        return False
    (row, column), (line, place) = _PLACES[one], _PLACES[other]
    return abs(row - line) <= 1 and abs(column - place) <= 1


def _replaced(letter: str, hit: str, *, first: bool) -> float:
    if letter == hit:
        return 0.0
    return NEIGHBOUR if neighbours(letter, hit) else OTHER + FIRST * first
