"""A topic as a form sends and shows it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from core.text.visible import visible_line
from retrieval.contracts import Topic

FIELDS = ("name", "name_en", "body", "address", "phone", "hours", "hours_en", "url", "sentence", "sentence_en")
QUESTIONS = 5


class TopicForm(BaseModel):
    """The fields of the page. ``examples`` and the ``questions`` to be tried: one on each line. ``seen``: the version shown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field("", max_length=1_000)
    name_en: str = Field("", max_length=1_000)
    examples: str = Field("", max_length=20_000)
    body: str = Field("", max_length=1_000)
    address: str = Field("", max_length=1_000)
    phone: str = Field("", max_length=1_000)
    hours: str = Field("", max_length=1_000)
    hours_en: str = Field("", max_length=1_000)
    url: str = Field("", max_length=1_000)
    sentence: str = Field("", max_length=1_000)
    sentence_en: str = Field("", max_length=1_000)
    questions: str = Field("", max_length=5_000)
    seen: int = Field(0, ge=0, le=2**31 - 1)

    @classmethod
    def of(cls, topic: Topic | None, seen: int) -> TopicForm:
        """Returns the form for a topic before any change."""
        if topic is None:
            return cls(seen=seen)
        return cls(**{field: getattr(topic, field) for field in FIELDS}, examples="\n".join(topic.examples), seen=seen)

    def topic(self) -> Topic:
        """Returns the topic, cleaned. ``faults`` reports what is wrong with it."""
        fields = {field: visible_line(getattr(self, field)) for field in FIELDS}
        return Topic(**fields, examples=tuple(_lines(self.examples)))

    def typed_questions(self) -> list[str]:
        """Returns the questions to be tried."""
        return _lines(self.questions)[:QUESTIONS]


def form_of(given: Mapping[str, object]) -> TopicForm:
    """Returns the form. Raises ``ValidationError`` for data that no page of the desk sends."""
    return TopicForm.model_validate({name: value for name, value in given.items() if isinstance(value, str)})


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, map(visible_line, text.splitlines()))))
