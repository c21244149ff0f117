"""What a proof of replies (docs/proof.md) needs of the service: its snapshots, and its own sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache

from conversations.wording import FRAMES, Wording
from core.channels import CHANNELS
from core.dates import format_day
from core.languages import LANGUAGES
from core.proof.verify import Json, Snapshot
from core.settings import Settings


def snapshots_of(settings: Settings) -> Callable[[str], Snapshot]:
    """Returns a function that reads a snapshot of this service by its name, and keeps the last two."""
    return lru_cache(maxsize=2)(lambda name: Snapshot(settings.home / "snapshots" / name))


def own_sentences(wording: Wording, reply: Json) -> Iterator[str]:
    """Yields the sentences that may stand between the blocks in the text of ``reply``, in every language of the service."""
    shown = [one for block in reply["blocks"] for one in (block, *block.get("options", ()))]
    days = {date.fromisoformat(one["verified_on"]) for one in shown if one.get("verified_on")}
    for channel, language in ((channel, language) for channel in CHANNELS for language in (*LANGUAGES, *FRAMES)):
        yield from (wording.text(name, channel=channel, language=language) for name in ("gateway_more", "gateway_more_cases"))
        for day in days:
            yield wording.text("ui_verified_on", channel=channel, language=language, date=format_day(day, language))
