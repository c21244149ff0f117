"""The editor's desk's access to channels and search, which its package does not import."""

from collections.abc import Mapping
from typing import Any

import httpx

from actions.replies.style import Style
from channels.sms.encoding import Encoding, encoding_of
from channels.sms.rendering import SmsRenderer
from cli.desk_walk import CardTexts, reply_after_walk, starts
from conversations.wording import Wording
from core.action_server import action_server
from core.entry import Entry, passages
from core.settings import Settings
from knowledge_base.desk.editor.contracts import Near, Preview, Shown, Walk
from retrieval.contracts import RetrievalResult

_PARTS = 12  # nobody reads more SMS than this
_PATIENCE_SECONDS = 3.0


def preview_with(settings: Settings, wording: Wording, renderers: Mapping[str, Any]) -> Preview:
    """Returns a function that shows an entry like the dialogue: the widget's blocks, and the SMS that SUITE brings."""
    renderer: SmsRenderer = renderers["sms"]

    def preview(entry: Entry, walk: Walk) -> Shown | None:
        if not passages(entry):
            return None
        language = entry.locale if entry.locale in ("fr", "en") else "fr"
        blocks, by_sms = (
            reply_after_walk(entry, walk, CardTexts(wording, channel, language, Style.of(channel, settings)))
            for channel in ("web", "sms")
        )
        rendered = [renderer(by_sms, language=language)]
        while rendered[-1].rest and len(rendered) < _PARTS:
            rendered.append(renderer(rendered[-1].rest, language=language))
        every = sum(part.segments for part in rendered)
        return Shown(
            blocks=[block.model_dump(mode="json") for block in blocks],
            starts=starts(entry),
            sms=[part.text for part in rendered],
            segments=rendered[0].segments,
            all_segments=every,
            euros=rendered[0].segments * settings.sms_segment_euros,
            all_euros=every * settings.sms_segment_euros,
            gsm7=all(encoding_of(part.text) is Encoding.GSM7 for part in rendered),
        )

    return preview


def near_with(settings: Settings) -> Near:
    """Returns a function that asks the action server's search, and finds nothing if the server does not answer."""

    async def near(query: str) -> list[tuple[str, str, str]]:
        body = {"query": query[:500], "locale": "fr", "limit": 5}
        try:
            async with action_server(settings, seconds=_PATIENCE_SECONDS) as client:
                answer = await client.post("/search", json=body)
            answer.raise_for_status()
            result = RetrievalResult.model_validate_json(answer.content)
        except (httpx.HTTPError, ValueError):
            return []
        return [(hit.collection, hit.entry_id, hit.title) for hit in (*result.hits, *result.rejected)]

    return near
