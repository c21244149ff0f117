"""Turns: the outcome of a citizen's message, and the blocks of the reply."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Outcome(StrEnum):
    """The closed list of outcomes of a turn."""

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
    """The origin of a conversation. Only ``CITIZEN`` counts in insights, budgets and open data."""

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
    """A highlighted sentence: old information, masked personal data, a service in trouble."""

    type: Literal["notice"] = "notice"
    text: str


class Source(_Block):
    """The source of an answer. ``url`` is absolute."""

    name: str
    url: str


class Frame(_Block):
    """The language around an answer, if it is not the conversation's, and the words of its card (``ui_…`` by name)."""

    language: str
    words: dict[str, str]


class AnswerBlock(_Block):
    """An answer card: one passage of one entry, word for word.

    ``text``: the sentence above the card, from ``domain.yml``.
    ``body``: the passage in the safe subset of Markdown; a line in bold by itself is a heading.
    ``notice``: one line about an entry that was verified long ago, shown instead of ``verified_on``: it contains the day.
    ``locale``: the language of the entry's text, which is not always the conversation's.
    ``entry_version`` and ``snapshot`` identify exactly what was shown.
    ``sms_text``: the entry's own text for SMS. ``part`` counts the parts of the passage sent before this one (SUITE by SMS).
    ``frame``: set if the citizen wrote in another language than the conversation's.
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
    # Not written if empty: a worker or gateway of the previous version, still running during an update, refuses it.
    frame: Frame | None = Field(default=None, exclude_if=lambda frame: frame is None)


def _is_empty(value: object) -> bool:
    """Decides whether a field of a mini card is not written: an older process refuses unknown fields."""
    return not value


class Option(_Block):
    """A button. ``payload`` is a Rasa payload inside, and a signed token once it has left the worker.

    A button of a page may be a mini card. ``extract``: whole sentences of the page (20 to 280 characters, plain text) that
    may answer; ``entry_version`` and ``snapshot`` identify their source. ``source`` and ``verified_on`` are the page's.
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
    """Buttons (numbers by SMS) under a sentence. ``purpose`` distinguishes "which of these?", "see also", "which is your case?"
    and "the nearest to me": the widget alone shows this one, and asks for the position first (``channels/web/api/nearby.py``).

    ``shown``: how many of ``options`` an earlier part has shown by SMS; they can still be chosen by their number.
    """

    type: Literal["choices"] = "choices"
    text: str = ""
    purpose: Literal["entries", "related", "menu", "cases", "nearest"] = "entries"
    options: tuple[Option, ...]
    shown: int = 0


class OpeningDays(_Block):
    """Days with the same hours, and these hours: ("lundi – vendredi", "9:00–12:00, 14:00–17:00")."""

    days: str
    times: str


class PlaceBlock(_Block):
    """An office: its address and its hours. ``text`` says whether it is open at the requested moment, from ``domain.yml``.

    ``address``: on one line. ``other_addresses``: more to visit, each on one line, some after a name and " : ".
    ``postal_address``: for letters. ``hours``: those of the usual week, without closed days. ``note``: what they do not say.
    ``appointment``: a sentence or a page. ``kind``: one of ``places/offices/kinds.yml``; empty, as ``commune``, if another
    administration is handed on to.
    """

    type: Literal["place"] = "place"
    text: str = ""
    name: str
    kind: str
    commune: str
    address: str = ""
    other_addresses: tuple[str, ...] = Field(default=(), exclude_if=_is_empty)
    postal_address: str = Field(default="", exclude_if=_is_empty)
    hours: tuple[OpeningDays, ...] = ()
    note: str = ""
    phone: str = ""
    appointment: str = ""
    source: Source
    verified_on: date | None = None


ReplyBlock = Annotated[TextBlock | NoticeBlock | AnswerBlock | ChoicesBlock | PlaceBlock, Field(discriminator="type")]


class HandoffRequest(_Block):
    """A turn's request to the handoff record, carried out in the transaction that commits the reply.

    ``wait``: a human is asked for and somebody is on duty. ``offline``: nobody is on duty. ``cancel``: no longer wanted. Of
    the call-back form: ``draft`` (consent given, the number may be stored from now on), ``call_back`` (complete:
    ``own_number``, ``subject``, ``best_time``), ``drop`` (cancelled: its data is deleted). ``by_mail``: the form asks for an
    e-mail address instead of a number.
    """

    want: Literal["wait", "offline", "cancel", "draft", "call_back", "drop"]
    subject: str = ""
    best_time: str = ""
    own_number: bool = False
    by_mail: bool = False


class PhoneCopyRequest(_Block):
    """A turn's request about an answer's copy to a telephone: ``ask`` (``reply``: which answer), ``send`` or ``drop`` it.

    Carried out in the transaction that commits the reply.
    """

    want: Literal["ask", "send", "drop"]
    reply: str = ""


class Turn(BaseModel):
    """The dialogue engine's result for one message: exactly one outcome, and the blocks of the reply.

    ``entry``, ``entry_version``, ``snapshot``: those of the answer shown, or empty if there is none.
    ``confidence``: the probability (0 to 1) that the top entry is right, or ``None`` if nothing was searched.
    ``handoff``: a request to the handoff record.
    ``aside``: a reply outside the dialogue (AIDE by SMS): earlier offers can still be chosen, and read on.
    ``care``: the kind of danger (``core.care``) according to the engine.
    ``move``: a command to the worker about the record.
    ``phone_copy``: a request about an answer's copy.
    ``language``: the one in which the conversation continues.
    ``spoken``: the one in which the citizen wrote, if it is not the previous one.
    ``alike``: payloads of the related pages that were found only by similarity: the page shown does not name them.
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
