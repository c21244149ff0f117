"""Asks the running service graded questions, and judges its replies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import httpx

from cli.batches import in_order
from core.entry import Entry
from core.turns import Outcome
from tools.evaluation.first_reply.files import GradedQuestion
from tools.evaluation.first_reply.judgement import Judged, judge

Progress = Callable[[int, int], None]  # done, total


TRIES = 3  # of a question that gets the fallback: it says that the service was too busy, not what it answers
_PAUSE = 5.0  # seconds before the second try; twice as many before the third: a busy machine needs time


class Asking(Protocol):
    """The part of ``cli.service_client.ServiceClient`` that is used."""

    async def turn(self, text: str, *, channel: str, language: str | None) -> dict[str, Any]: ...


class Pages(Protocol):
    """The part of ``retrieval.evaluation.service.ServiceSearcher`` that is used."""

    def entry(self, entry_id: str) -> Entry | None: ...


def themes_of(asked: Sequence[GradedQuestion], pages: Pages) -> dict[str, str]:
    """Returns the widest theme of each question's best page, by the page's id; none if the page service does not answer."""
    themes: dict[str, str] = {}
    try:
        for best in dict.fromkeys(question.best for question in asked if question.best):
            page = pages.entry(best)
            themes[best] = page.theme[0] if page and page.theme else ""
    except httpx.HTTPError:
        return {}
    return themes


async def ask_first_replies(
    asked: Sequence[GradedQuestion],
    service: Asking,
    channel: str,
    themes: Mapping[str, str],
    progress: Progress,
    pause: float = _PAUSE,
) -> list[Judged]:
    """Returns the judged reply to each of ``asked``, each in its own conversation, a few at a time.

    A question that gets the fallback is asked again after a ``pause`` (seconds) that grows, ``TRIES`` times in all; then the
    fallback is judged.
    """

    async def turn(question: GradedQuestion) -> Judged:
        for number in range(TRIES):
            await asyncio.sleep(number * pause)
            reply = await service.turn(question.message, channel=channel, language=None)
            if reply["outcome"] != Outcome.FALLBACK:
                break
        return judge(question, reply, channel, themes.get(question.best, ""))

    judged: list[Judged] = []
    async for one in in_order(asked, turn):
        judged.append(one)
        progress(len(judged), len(asked))
    return judged
