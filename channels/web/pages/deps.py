"""What the pages need from whoever mounts them."""

from __future__ import annotations

from typing import Protocol

from conversations.wording import Wording
from core.database import Database
from core.settings import Settings


class PageDeps(Protocol):
    """The gateway's dependencies satisfy this as they are."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def wording(self) -> Wording: ...
