"""What a part of the desk gives to the shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from core.identity import Right


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the navigation, for whoever has ``right``. ``key``: a word of the part; ``order``: the smallest first."""

    key: str
    path: str
    right: Right
    order: int = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the desk. ``folder`` holds ``words.yml``, ``templates/`` and ``static/``; ``name`` is the prefix of all three.

    ``bodies``: path prefix → bytes, where a request may carry more than a form does.
    """

    name: str
    folder: Path
    router: APIRouter
    items: tuple[Item, ...] = ()
    bodies: Mapping[str, int] = field(default_factory=dict)
