"""The services that the pages need."""

from __future__ import annotations

from typing import Protocol

from conversations.wording import Wording
from core.database import Database
from core.settings import Settings


class PageDeps(Protocol):
    """The gateway's dependencies implement it."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def wording(self) -> Wording: ...
