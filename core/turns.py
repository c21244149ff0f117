"""Turns: what a citizen's message came to, and the blocks of the reply. The words are those of the design's vocabulary."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    """The closed list of what a turn comes to."""

    ANSWERED = "answered"
    CHOICES = "choices"
    GUIDED = "guided"
    NO_ANSWER = "no_answer"
    OUT_OF_SCOPE = "out_of_scope"
    SMALL_TALK = "small_talk"
    CRISIS = "crisis"
    PERSONAL_DATA = "personal_data"
    HANDOFF_WAITING = "handoff_waiting"
    HANDOFF_OFFLINE = "handoff_offline"
    HUMAN = "human"
    COMMAND = "command"
    FALLBACK = "fallback"
    SILENT = "silent"


class Origin(StrEnum):
    """Who is behind a conversation. Only ``CITIZEN`` counts in insights, budgets and open data."""

    CITIZEN = "citizen"
    SIMULATOR = "simulator"
    ASK = "ask"
    BENCH = "bench"
    TEST = "test"


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextBlock(_Block):
    """Plain sentences (no markup), as worded in ``domain.yml``."""

    type: Literal["text"] = "text"
    text: str


class NoticeBlock(_Block):
    """A sentence set apart: old information, masked personal data, a service in trouble."""

    type: Literal["notice"] = "notice"
    text: str


class Source(_Block):
    """Where an answer was taken from. ``url`` is absolute."""

    name: str
    url: str


class Frame(_Block):
    """The language around an answer, where it is not the conversation's, and the words on its card in it (``ui_…`` by name)."""

    language: str
    words: dict[str, str]


class AnswerBlock(_Block):
    """An answer card: one passage of one entry, word for word.

    ``text`` is the sentence above the card, from ``domain.yml``; ``body`` the passage in the safe subset of Markdown, where a
    line in bold by itself is a heading; ``notice`` is one line about an entry that was verified long ago, shown beside the
    source in place of ``verified_on``: it says the day. ``locale`` is the language of the entry's own text, which is not
    always the conversation's. ``entry_version`` and ``snapshot`` say exactly what was shown. ``sms_text`` is what the
    entry itself says by SMS; ``part`` counts the parts of the passage that went out before this one (SUITE by SMS).
    ``frame`` is there for whoever wrote in another language than the conversation's.
    """

    type: Literal["answer"] = "answer"
    text: str = ""
    entry: str
    entry_version: int
    snapshot: str
    locale: str = "fr"
    title: str
    headings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    body: str
    source: Source
    verified_on: date | None = None
    notice: str = ""
    services: tuple[Source, ...] = ()
    sms_text: str = ""
    part: int = 0
    # Not written where there is none: a worker or gateway of the version before, while processes are replaced, refuses it.
    frame: Frame | None = Field(default=None, exclude_if=lambda frame: frame is None)


def _is_empty(value: object) -> bool:
    """Decides whether a field of a mini card is not written: an older process refuses fields that it does not know."""
    return not value


class Option(_Block):
    """A button. ``payload`` is a Rasa payload inside, and a signed token once it has left the worker.

    One that leads to a page may be a mini card: ``extract`` are whole sentences of the page (20 to 280 characters, plain text)
    that may answer, ``entry_version`` and ``snapshot`` say of what; ``source`` and ``verified_on`` are the page's.
    """

    label: str
    payload: str
    entry: str = Field(default="", exclude_if=_is_empty)
    entry_version: int = Field(default=0, exclude_if=_is_empty)
    snapshot: str = Field(default="", exclude_if=_is_empty)
    extract: str = Field(default="", exclude_if=_is_empty)
    source: Source | None = Field(default=None, exclude_if=_is_empty)
    verified_on: date | None = Field(default=None, exclude_if=_is_empty)


class ChoicesBlock(_Block):
    """Buttons (numbers by SMS) under a sentence. ``purpose`` tells "which of these?", "see also" and
    "which is your case?" apart.

    ``shown``: how many of ``options`` an earlier part has shown by SMS; they can still be chosen by their number.
    """

    type: Literal["choices"] = "choices"
    text: str = ""
    purpose: Literal["entries", "related", "menu", "cases"] = "entries"
    options: tuple[Option, ...]
    shown: int = 0


class OpeningDays(_Block):
    """Days that are alike, and their times: ("lundi – vendredi", "9:00–12:00, 14:00–17:00")."""

    days: str
    times: str


class PlaceBlock(_Block):
    """An office: where it is, when it is open. ``text`` says how it is at the moment that is asked for, from ``domain.yml``.

    ``address`` is on one line; ``hours`` are those of the usual week, without the days on which it is closed; ``note``: what
    they do not say; ``appointment``: a sentence or a page. ``kind`` is one of ``places/offices/kinds.yml``.
    """

    type: Literal["place"] = "place"
    text: str = ""
    name: str
    kind: str
    commune: str
    address: str = ""
    hours: tuple[OpeningDays, ...] = ()
    note: str = ""
    phone: str = ""
    appointment: str = ""
    source: Source
    verified_on: date | None = None


ReplyBlock = Annotated[TextBlock | NoticeBlock | AnswerBlock | ChoicesBlock | PlaceBlock, Field(discriminator="type")]


class HandoffRequest(_Block):
    """What a turn asks of the handoff record; carried out in the transaction that commits the reply.

    ``wait``: a human is asked for and somebody is on duty; ``offline``: nobody is; ``cancel``: no longer wanted. Of the
    call-back form: ``draft`` (consent given, the number may be kept from now on), ``call_back`` (complete: ``own_number``,
    ``subject``, ``best_time``), ``drop`` (given up: what was kept of it goes).
    """

    want: Literal["wait", "offline", "cancel", "draft", "call_back", "drop"]
    subject: str = ""
    best_time: str = ""
    own_number: bool = False


class PhoneCopyRequest(_Block):
    """What a turn asks of an answer's copy to a telephone: ``ask`` (``reply``: which answer), ``send`` or ``drop`` it.

    Carried out in the transaction that commits the reply.
    """

    want: Literal["ask", "send", "drop"]
    reply: str = ""


class Turn(BaseModel):
    """What the dialogue engine says of one message: exactly one outcome, and the blocks of the reply.

    ``entry``, ``entry_version``, ``snapshot`` are those of the answer shown, or empty where none was;
    ``confidence`` is the probability (0 to 1) that the top entry is right, or ``None`` where nothing was searched;
    ``handoff`` is what the turn asks of the handoff record. ``aside``: said beside the matter (AIDE by SMS): what was offered
    before can still be chosen, and read on. ``care`` is the kind of danger (``core.care``) that the engine took the message
    to be about; ``move`` what the worker is to do with the record; ``phone_copy`` what becomes of an answer's copy;
    ``language`` the one in which the conversation goes on. ``spoken``: the one in which the citizen
    wrote, where it is not the one before. ``alike``: payloads of the related pages that were found by likeness
    only: the page shown does not name them.
    """

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    blocks: tuple[ReplyBlock, ...] = ()
    entry: str = ""
    entry_version: int = 0
    snapshot: str = ""
    confidence: float | None = None
    handoff: HandoffRequest | None = None
    care: str = ""
    phone_copy: PhoneCopyRequest | None = None
    move: Literal["", "repeat", "erase", "to_phone"] = ""
    language: str = ""
    spoken: str = ""
    alike: tuple[str, ...] = ()
    replayed: bool = False
    aside: bool = False
