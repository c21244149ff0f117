"""Prints what 2,000 hostile characters cost each function that reads a citizen's text, and each regular expression.

``python -m tests.integration.pattern_cost``: a line each, the dearest first; milliseconds of processor time, which other
programs on the machine make more. Five are wanted at most. No test: times are measured, never asserted.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial

from tests.integration.growing_texts import PLAIN, growing_texts
from tests.integration.pattern_growth_probe import Found, _seconds, look, measuring, readers, watched

_LONGEST = 2_000  # characters that are taken
_TRIES = 5
_DEAR = 0.003  # seconds; what costs more is tried again
_OF_EACH = 4  # texts made for each pattern, with which each function is tried
_SHOWN = 15
# Characters that become several, marks without a letter, other scripts, and what masking looks for.
_ODD = (
    *PLAIN,
    "ﷺ",
    "ﷻ",
    "ﬃ",
    "ǆ",
    "İ",
    "ß",
    "😀",
    "\u0301",
    "\u200d",
    "Ａ",
    "كيف ",
    "ні ",
    "如何",
    "06 12 ",
    "a@b.fr ",
    "1/1/2000 ",
)


def _hostile(found: Found) -> Iterator[str]:
    """Yields texts of odd characters, of what the patterns look for, of their words mixed, and of their words misspelt."""
    rng = random.Random(1)
    yield from _ODD
    words = sorted({word for pattern, _ in found for word in re.findall(r"[^\W\d_]{3,}", pattern)})
    for count in (1, 2, 3, 8, 300) * 30:
        some = rng.sample(words, count)
        yield "".join(rng.choice(some) + rng.choice((" ", " ", ", ", ". ", "\n", "-")) for _ in range(400))
        yield "".join(word.replace(rng.choice(word), rng.choice("abcdefg")) + " " for word in some)
    for pattern, flags in found:
        texts = list(growing_texts(pattern, flags))
        yield from (text.of_length(_LONGEST) for text in rng.sample(texts, min(len(texts), _OF_EACH)))


def _worst(work: Callable[[str], object], texts: list[str]) -> tuple[float, str]:
    """Returns the milliseconds of the dearest of ``texts``, and its beginning."""
    dearest = (0.0, "")
    for text in texts:
        seconds = _seconds(work, text)
        if seconds > _DEAR:
            seconds = min(seconds, *(_seconds(work, text) for _ in range(_TRIES)))
        dearest = max(dearest, (seconds, text))
    return dearest[0] * 1000, dearest[1][:30]


def main() -> None:
    """Print the dearest functions, then the dearest patterns."""
    found = watched()
    functions = readers()
    from conversations.record.messages import mask_message  # after the watch has begun

    functions["masking"] = mask_message
    texts = list(dict.fromkeys((text * _LONGEST)[:_LONGEST] for text in _hostile(found)))
    print(f"{len(texts)} texts, {len(functions)} functions, {len(found)} patterns")
    with measuring():
        rows = [(*_worst(function, texts), name) for name, function in functions.items()]
        _print(rows)
        rows = []
        for key, module in found.items():
            hard = [text.of_length(_LONGEST - 1) for text in growing_texts(*key)]
            rows.append((*_worst(partial(look, re.compile(*key)), hard), module))
        _print(rows)


def _print(rows: list[tuple[float, str, str]]) -> None:
    for milliseconds, text, name in sorted(rows, reverse=True)[:_SHOWN]:
        print(f"{milliseconds:6.2f} ms  {name:40} {text!r}")


if __name__ == "__main__":
    main()
