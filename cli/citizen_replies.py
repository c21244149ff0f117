"""Asks the running service for the reply to a message on each channel. The turns are marked, like those of ``ask``."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from channels.sms.encoding import segments
from cli.language import Refusal
from cli.service_client import ServiceClient, running_service
from core.channels import CHANNELS, traits_of
from core.settings import Settings
from core.text.wants_human import wants_human
from knowledge_base.desk.publishing.contracts import CitizenReply, Replies

_PATIENCE_SECONDS = 10.0  # for both replies; an editor is waiting for the page


def replies_with(settings: Settings) -> Replies:
    """Returns a function that asks the running service on each channel; a channel without a reply is left out."""

    async def replies(message: str, language: str) -> Mapping[str, CitizenReply]:
        if wants_human(message):  # such a turn would wait in the supervisors' queue
            return {}

        async def one(service: ServiceClient, channel: str) -> CitizenReply | None:
            try:
                return as_reply(channel, await service.turn(message, channel=channel, language=language))
            except (Refusal, httpx.HTTPError, KeyError, ValueError):
                return None

        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), running_service(settings) as service:
                answers = await asyncio.gather(*(one(service, channel) for channel in CHANNELS))
        except (TimeoutError, Refusal):
            return {}
        return {channel: reply for channel, reply in zip(CHANNELS, answers, strict=True) if reply}

    return replies


def as_reply(channel: str, result: Mapping[str, Any]) -> CitizenReply:
    """Returns the ``result`` of a turn, in the format of ``ask``, as a reply."""
    count = segments(result["text"]) if traits_of(channel).pays_by_segment else 0
    return CitizenReply(result["text"], result["outcome"], result["entry"] or "", count, result["blocks"])
