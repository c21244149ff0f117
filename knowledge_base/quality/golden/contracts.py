"""The golden question as a data type."""

import hashlib
import re
from typing import Literal

import orjson
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from core.channels import ChannelName
from core.privacy.masking import mask

type Origin = Literal["editor", "review", "import"]
_SPACE = re.compile(r"\s+")


class Golden(BaseModel):
    """One question, masked when it is made, with the ids of the entries that are right.

    Without ids, the right result is no answer. ``heading`` and ``situation`` say which part of the entry must be shown. As a
    JSON line it is also input of ``./guichet eval``: ``gold`` holds the ids.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    id: str = Field("", max_length=64)
    question: str = Field(min_length=1, max_length=2000)
    locale: str = Field("fr", max_length=8)
    collection: str = Field("", max_length=64)
    gold: tuple[str, ...] = Field((), validation_alias=AliasChoices("gold", "accepted"))
    heading: str = ""
    situation: str = ""
    channel: ChannelName = "web"
    origin: Origin = "import"
    author: str = Field("", max_length=128)
    active: bool = True

    @field_validator("question")
    @classmethod
    def _masked(cls, value: str) -> str:
        text = mask(_SPACE.sub(" ", value.replace("\x00", "")).strip()).text
        if not any(character.isalnum() for character in text):
            raise ValueError("a question without a letter or a digit")
        return text

    @field_validator("gold")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))

    @property
    def digest(self) -> str:
        """Returns a SHA-256 (hex) of the question in its language and collection, regardless of case and spaces."""
        identity = [self.question.casefold(), self.locale, self.collection]
        return hashlib.sha256(orjson.dumps(identity)).hexdigest()

    @property
    def name(self) -> str:
        """Returns its id, or the id that it will get."""
        return self.id or f"g-{self.digest[:16]}"
