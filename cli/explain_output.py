"""The output of ``ask --explain``: the reply and its reasons, in the words of the editor's desk."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from pydantic import ValidationError

from cli.citizen_replies import as_reply
from cli.language import Refusal, sentence, speaks_english
from cli.service_client import ServiceClient
from core.action_server import action_server
from core.channels import CHANNELS, traits_of
from core.privacy.masking import mask
from core.reply_explanation import Candidate, ReplyExplanation
from core.settings import Settings
from desk.words import Words
from knowledge_base.desk import publishing
from knowledge_base.desk.publishing.contracts import CitizenReply
from knowledge_base.desk.publishing.explanation_text import Say, explanation_text, part_of

_PART = "publishing"
_SECONDS = 10.0


async def explained(
    settings: Settings, message: str, language: str, transport: httpx.AsyncBaseTransport | None = None
) -> ReplyExplanation:
    """Returns the explanation of the running action server for ``message``, which is masked. Raises ``Refusal``.

    ``transport`` is for tests.
    """
    body = {"message": message, "language": language}
    try:
        async with action_server(settings, seconds=_SECONDS, transport=transport) as client:
            answer = await client.post("/explain/reply", json=body)
        return ReplyExplanation.model_validate_json(answer.raise_for_status().content)
    except (httpx.HTTPError, ValidationError) as error:
        reason = f"{error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
        raise Refusal(*sentence("no_explanation", reason=reason)) from None


async def asked_with_reasons(
    settings: Settings, service: ServiceClient, message: str, *, channel: str, language: str
) -> dict[str, Any]:
    """Returns the turn of ``message`` on ``channel`` as ``ask`` prints it, with the replies of all channels, the explanation,
    and all of it as text (``told``). Raises ``Refusal`` and ``httpx.HTTPError``.
    """
    results: dict[str, dict[str, Any]] = {
        one: await service.turn(message, channel=one, language=language or None) for one in CHANNELS
    }
    why = await explained(settings, mask(message).text, language or settings.default_language)
    replies = {one: as_reply(one, result) for one, result in results.items()}
    return results[channel] | {
        "replies": {one: asdict(reply) for one, reply in replies.items()},
        "explanation": why.model_dump(mode="json"),
        "told": printed(why, replies, channel),
    }


def printed(why: ReplyExplanation, replies: Mapping[str, CitizenReply], channel: str) -> str:
    """Returns ``replies`` and ``why`` as text for a terminal; the steps are those of ``channel``."""
    language = "en" if speaks_english() else "fr"
    words = Words.load({_PART: Path(publishing.__file__).parent})

    def say(key: str, /, **values: object) -> str:
        return words.text(_PART, key, language, values)

    return "\n".join(_lines(why, replies, channel, say, language))


def _lines(why: ReplyExplanation, replies: Mapping[str, CitizenReply], channel: str, say: Say, language: str) -> Iterator[str]:
    explanation = explanation_text(why, replies, say, language)
    for one in CHANNELS:
        reply = replies.get(one)
        yield from _headed(_name(one, reply, say))
        yield from _indented(reply.text if reply else say("told_no_reply"))
    yield from _headed(f"{say('told_why')} – {say(f'told_why_{channel}')}")
    if channel in explanation.otherwise:
        yield from _indented(explanation.otherwise[channel])
    for number, step in enumerate(explanation.steps[channel], start=1):
        yield f"  {number}. {step}"
    yield from _headed(say("told_understood"))
    for what, how in explanation.understood:
        yield "  " + say("told_pair", what=what, how=how)
    if why.candidates:
        yield from _headed(f"{say('told_candidates')} ({say('confidence_is', value=f'{100 * why.confidence:.0f}')})")
    for candidate in why.candidates:
        yield from _candidate(candidate, say)
    yield from _headed(say("told_thresholds"))
    for what, value, least, side in explanation.thresholds:
        yield f"  {say('told_pair', what=what, how=value)} ({say('told_least').lower()} {least}) – {side}"


def _candidate(one: Candidate, say: Say) -> Iterator[str]:
    yield f"  {one.place}. {one.title} [{one.entry_id}, {one.score:.2f}]"
    yield "     " + say("told_pair", what=say("told_part"), how=part_of(one) or say("told_head"))
    if one.open_cases:
        yield f"     {say('told_open_cases', cases=' / '.join(one.open_cases))}"
    for channel in CHANNELS:
        extract = " ".join(one.extracts.get(channel, "").split())
        yield "     " + say("told_pair", what=say(f"told_extract_{channel}"), how=extract or say("told_no_extract"))


def _name(channel: str, reply: CitizenReply | None, say: Say) -> str:
    """Returns the heading of a reply, with its cost on channels that have one."""
    if not traits_of(channel).pays_by_segment:
        return say(f"told_{channel}")
    if reply is None:
        return say(f"told_why_{channel}")
    return say(
        f"told_{channel}", segments=say("told_segment") if reply.segments == 1 else say("told_segments", count=reply.segments)
    )


def _headed(heading: str) -> Iterator[str]:
    yield ""
    yield heading
    yield "─" * len(heading)


def _indented(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"  {line}" if line else ""
