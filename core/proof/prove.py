"""Says where each piece of a reply's text stands in its page, and what the service added (docs/proof.md).

Made after the turn, where the reply is printed or exported: from its blocks and the snapshot on disk.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from core.proof import verify
from core.proof.verify import ADDED, CUT, Fault, Json, Snapshot, Texts, bounds, words


def with_proof(reply: Json, snapshot_of: Callable[[str], Snapshot]) -> dict[str, Any]:
    """Returns ``reply`` with its proof. Texts whose page cannot be read here have none."""
    snapshots, proofs = dict[str, str](), list[dict[str, Any]]()
    for pointer, shown, card in verify.shown_texts(reply):
        if not card:
            proofs.append({"at": pointer, **_aligned(shown, (), verify.texts(reply["blocks"], "/blocks"), verify.folded)})
            continue
        with suppress(Fault):
            snapshot = snapshot_of(card["snapshot"])
            at, path = verify.texts_of_page(snapshot.page(card)), {*card.get("headings", ()), *card.get("cases", ())}
            added = [(one.start(), one[0]) for one in ADDED.finditer(shown)]
            found = _aligned(shown, added, at, verify.written, path, begun=bool(card.get("part")))
            proofs.append({"at": pointer, **found, "added": [{"start": start, "text": text} for start, text in added]})
            snapshots[snapshot.name] = snapshot.digest
    return {**reply, "proof": {"snapshots": snapshots, "texts": proofs}}


def _aligned(
    shown: str,
    added: Sequence[tuple[int, str]],
    at: Texts,
    form: Callable[[str], str],
    path: Collection[str] = (),
    *,
    begun: bool = False,
) -> dict[str, Any]:
    """Returns the pieces of ``shown``, each the longest that stands in a text of ``at``, and as added all words of no piece.

    Of several the one that follows the last piece is taken, else one under ``path``.
    """
    said = verify.words_but(shown, added)
    forms, own = [form(word[0]) for word in said], {field: [form(word[0]) for word in words(at[field])] for field in at}
    starts = defaultdict[str, list[tuple[str, int, bool]]](list)
    for field, text in at.items():
        may_begin = bounds(text)[0]
        for first, word in enumerate(words(text)):
            if begun or word.start() in may_begin:
                starts[own[field][first]].append((field, first, word.start() in may_begin))
    gaps = [shown[one.end() : other.start()] for one, other in pairwise(said)]  # no piece goes on after a line that was cut
    stops = [*(number for number, gap in enumerate(gaps, start=1) if re.search(r"(?:…|\.{3})\n", gap)), len(said)]
    pieces, others, done, last = list[dict[str, Any]](), list[tuple[int, int]](), 0, ("", 0)
    while done < len(said):
        best: tuple[int, bool, bool, int, str] = (0, False, False, 0, "")
        for field, first, begins in starts[forms[done]]:
            if begins or (begun and not done):
                size = _size(forms[done : next(stop for stop in stops if stop > done)], own[field][first:])
                ends = bounds(at[field])[1]
                while (
                    size
                    and words(at[field])[first + size - 1].end() not in ends
                    and not CUT.match(shown, said[done + size - 1].end())
                ):
                    size -= 1
                follows = field == last[0] and last[1] <= first
                best = max(best, (size, follows, verify.above(field, at).issuperset(path), -first, field))
        size, _, _, negative, field = best
        if size:
            start, end = words(at[field])[-negative].start(), words(at[field])[size - 1 - negative].end()
            pieces.append({"field": field, "start": start, "end": end})
        elif others and "\n" not in (between := shown[others[-1][1] : said[done].start()]) and not words(between):
            others[-1] = (others[-1][0], said[done].end())
        else:
            others.append(said[done].span())
        done, last = done + (size or 1), (field, size - negative)
    return {"pieces": pieces, "added": [{"start": start, "text": shown[start:end]} for start, end in others]}


def _size(one: Sequence[str], other: Sequence[str]) -> int:
    """Returns how many words both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
