"""Says where each piece of a reply's text stands in its page, and what the service added (docs/proof.md).

Made after the turn, where the reply is printed or exported: from its blocks and the snapshot on disk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from core.proof import verify
from core.proof.verify import ADDED, CUT, Fault, Json, Snapshot, Texts, bounds, words

type _Way = tuple[int, int, int, int, tuple[str, int, int]]


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
    """Returns the pieces of ``shown`` that stand in texts of ``at``, and as added all words of no piece.

    Of all ways to read ``shown`` the one with fewest such words is taken, then that with fewest pieces; of equal pieces the one
    that follows the last, one under ``path``, and a name.
    """
    said = verify.words_but(shown, added)
    forms, own = [form(word[0]) for word in said], {field: [form(word[0]) for word in words(at[field])] for field in at}
    starts = _starts(at, own, anywhere=begun)
    cuts = [CUT.match(shown, word.end()) is not None for word in said]
    # For each number of words read: words of no piece, pieces, pieces that do not fit, and the last step to here.
    ways: list[_Way] = [(0, 0, 0, 0, ("", 0, 0)), *[(len(said) + 1, 0, 0, 0, ("", 0, 0))] * len(said)]
    for done, begin in enumerate(forms):
        lost, count, unfit, _, (last, last_first, last_size) = ways[done]
        ways[done + 1] = min(ways[done + 1], (lost + 1, count, unfit, done, ("", 0, 0)))
        for field, first, begins in starts[begin]:
            if begins or (begun and not done):
                follows, ends = field == last and last_first + last_size <= first, bounds(at[field])[1]
                worse = unfit + 2 * (not follows) + 2 * (not verify.above(field, at).issuperset(path))
                worse += not field.endswith(verify.NAMES)
                for size, (one, other) in enumerate(zip(forms[done:], own[field][first:], strict=False), start=1):
                    if one != other:
                        break
                    if words(at[field])[first + size - 1].end() in ends or cuts[done + size - 1]:
                        ways[done + size] = min(ways[done + size], (lost, count + 1, worse, done, (field, first, size)))
    pieces, others, done = list[dict[str, Any]](), list[tuple[int, int]](), len(said)
    while done:
        *_, before, (field, first, size) = ways[done]
        if size:
            start, end = words(at[field])[first].start(), words(at[field])[first + size - 1].end()
            pieces.insert(0, {"field": field, "start": start, "end": end})
        elif others and "\n" not in (between := shown[said[before].end() : others[0][0]]) and not words(between):
            others[0] = (said[before].start(), others[0][1])
        else:
            others.insert(0, said[before].span())
        done = before
    return {"pieces": pieces, "added": [{"start": start, "text": shown[start:end]} for start, end in others]}


def _starts(at: Texts, own: Mapping[str, Sequence[str]], *, anywhere: bool) -> Mapping[str, Sequence[tuple[str, int, bool]]]:
    """Returns, by its word, where a piece may begin; with ``anywhere`` each word, and whether a piece may begin there."""
    found = defaultdict[str, list[tuple[str, int, bool]]](list)
    for field, text in at.items():
        may_begin = bounds(text)[0]
        for first, word in enumerate(words(text)):
            if anywhere or word.start() in may_begin:
                found[own[field][first]].append((field, first, word.start() in may_begin))
    return found
