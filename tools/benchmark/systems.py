"""Systems under test: a command, an HTTP address, or Guichet itself. Each gets a question and gives a text."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import httpx
import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.batches import in_order
from cli.language import Refusal
from cli.progress import reporter
from cli.service_client import running_service
from core.settings import Settings
from tools.evaluation.first_reply.contents import in_hand

_SHAPE = '{"id", "text", ["pages": ["F1"]]}'
_HTTP_SECONDS = 120.0


class Answer(BaseModel):
    """The answer of a system. ``text`` is what the citizen reads (empty: nothing); ``pages`` are the entries it rests on or
    offers, best first, if the system names any.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    text: str = ""
    pages: tuple[str, ...] = ()


class Question(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def message(self) -> str: ...


System = Callable[[Sequence[Question]], dict[str, Answer]]


def command(line: str) -> System:
    """Returns the system that the command ``line`` starts once: JSON lines ``id, question`` in, ``id, text`` out."""

    def answer(asked: Sequence[Question]) -> dict[str, Answer]:
        sent = b"".join(orjson.dumps({"id": one.id, "question": one.message}) + b"\n" for one in asked)
        try:
            done = subprocess.run(shlex.split(line), input=sent, stdout=subprocess.PIPE, check=True)  # noqa: S603
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise Refusal(f"La commande a échoué : {error}", f"The command failed: {error}") from error
        return _all_of(asked, [_read(content) for content in done.stdout.splitlines() if content.strip()])

    return answer


def address(url: str) -> System:
    """Returns the system at ``url``: each question is posted as ``id, question``, and answered by ``text``."""

    async def one(http: httpx.AsyncClient, question: Question) -> Answer:
        response = await http.post(url, json={"id": question.id, "question": question.message})
        try:
            return _read(orjson.dumps({**response.raise_for_status().json(), "id": question.id}))
        except (ValueError, TypeError) as error:
            raise _malformed(response.text) from error

    async def all_(asked: Sequence[Question]) -> list[Answer]:
        async with httpx.AsyncClient(timeout=_HTTP_SECONDS, trust_env=False) as http:
            return await _in_turn(asked, lambda question: one(http, question))

    def answer(asked: Sequence[Question]) -> dict[str, Answer]:
        try:
            return _all_of(asked, asyncio.run(all_(asked)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = f"{type(error).__name__} {error}".strip()
            raise Refusal(f"{url} n'a pas répondu : {reason}", f"{url} did not answer: {reason}") from error

    return answer


def guichet(settings: Settings) -> System:
    """Returns the running service: the text of its first content, and the entries of its contents, then of its buttons."""

    async def all_(asked: Sequence[Question]) -> list[Answer]:
        async with running_service(settings) as service:

            async def one(question: Question) -> Answer:
                reply = await service.turn(question.message, channel="web", language=None)
                shown = in_hand(reply, "web")
                pages = (*(content.entry for content in shown.contents), *shown.buttons)
                text = shown.contents[0].text if shown.contents else ""
                return Answer(id=question.id, text=text, pages=tuple(dict.fromkeys(pages)))

            return await _in_turn(asked, one)

    return lambda asked: _all_of(asked, asyncio.run(all_(asked)))


async def _in_turn(asked: Sequence[Question], one: Callable[[Question], Awaitable[Answer]]) -> list[Answer]:
    progress, found = reporter("benchmark"), []
    async for answer in in_order(asked, one):
        found.append(answer)
        progress(len(found), len(asked))
    return found


def _read(content: bytes) -> Answer:
    try:
        return Answer.model_validate_json(content)
    except ValidationError as error:
        raise _malformed(content.decode(errors="replace")) from error


def _malformed(content: str) -> Refusal:
    shown = content[:120]
    return Refusal(
        f"Le système a répondu « {shown} » : il faut {_SHAPE}.",
        f"The system answered '{shown}': it must be {_SHAPE}.",
    )


def _all_of(asked: Sequence[Question], found: Sequence[Answer]) -> dict[str, Answer]:
    """Returns ``found`` by id. Raises ``Refusal`` if a question has no answer: nothing is left out of the figures."""
    answers = {answer.id: answer for answer in found}
    missing = [one.id for one in asked if one.id not in answers]
    if missing:
        raise Refusal(
            f"{len(missing)} questions sont sans réponse ({missing[0]} …) : un texte vide est une réponse.",
            f"{len(missing)} questions have no answer ({missing[0]} …): an empty text is an answer.",
        )
    return answers
