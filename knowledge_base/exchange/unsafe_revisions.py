"""Unsafe revisions of an export: each is left out and reported, and the rest is imported.

An older version of the service let editors save them. One of these among thousands is no reason to refuse a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.entry import Entry
from knowledge_base.errors import Reason

if TYPE_CHECKING:
    from knowledge_base.exchange.export_reader import Contents


def without_unsafe(contents: Contents) -> tuple[Reason, ...]:
    """Replaces the text of each unsafe revision by that of the nearest safe one, preferably the one before; numbers stay.

    An entry without a safe revision is left out. Returns what was left out and why.
    """
    reasons: list[Reason] = []
    for key in dict.fromkeys((collection, page) for collection, page, _ in contents.unsafe):
        rows = contents.revisions[key]
        bad = [number for number in range(1, len(rows) + 1) if (*key, number) in contents.unsafe]
        good = [number for number in range(1, len(rows) + 1) if number not in bad]
        for number in bad:
            why = contents.unsafe[*key, number]
            instead = max((one for one in good if one < number), default=min(good, default=0))
            reasons.append(_reason(key[1], number, instead, why))
            if instead:
                row = rows[number - 1]
                entry = Entry.model_validate(rows[instead - 1]["content"]).model_copy(update={"version": number})
                contents.digests[*key, number] = row["digest"]
                rows[number - 1] = row | {"content": entry.model_dump(mode="json"), "digest": entry.digest()}
        if not good:
            contents.entries.pop(key)
            for table in (contents.revisions, contents.steps, contents.conflicts):
                table.pop(key, None)
    return tuple(reasons)


def _reason(page: str, number: int, instead: int, why: Reason) -> Reason:
    left_out = Reason(
        f"révision {number} de {page} laissée de côté : {why}", f"revision {number} of {page} was left out: {why.en}"
    )
    if instead:
        return Reason(
            f"{left_out} ; le texte de la révision {instead} y reste",
            f"{left_out.en}; the text of revision {instead} stays in its place",
        )
    return Reason(f"{left_out} ; la fiche n'a pas d'autre texte", f"{left_out.en}; the entry has no other text")
