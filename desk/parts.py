"""The contract between a part of the desk and the shell."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fastapi import APIRouter

from core.identity import Right, Staff

# Purposes of the desk; menu and start page show the items under these, in this order (words ``desk_group_…``).
GROUPS = ("entries", "answers", "citizens", "figures", "service")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the navigation, for staff with ``right``. ``key``: a word of the part, which also has ``key_what``: one line
    on its purpose. ``group``: one of ``GROUPS``. ``order``: the smallest first.
    """

    key: str
    path: str
    right: Right
    group: str
    order: int = 50


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that leads to ``path``. ``ids`` tell a page what is new; ``key`` is the word, filled with their ``{count}``."""

    path: str
    key: str
    ids: tuple[str, ...]


type Unit = Literal["count", "share", "milliseconds", "euros"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the start page, under ``group`` (one of ``GROUPS``), that leads to ``path``. ``key``: the word of the part
    that names it. ``value`` is ``None`` without any data, as is ``before``, that of the period before.
    """

    key: str
    path: str
    group: str
    value: float | None
    before: float | None = None
    unit: Unit = "count"


type Figures = Callable[[Staff], Awaitable[Sequence[Figure]]]
type Alerts = Callable[[Staff], Awaitable[Sequence[Alert]]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the desk. ``folder`` holds ``words.yml``, ``templates/`` and ``static/``; ``name`` is the prefix of all three.

    ``bodies``: path prefix → bytes, where a request may be larger than a form. ``alerts`` and ``figures``: return those for
    a person.
    """

    name: str
    folder: Path
    router: APIRouter
    items: tuple[Item, ...] = ()
    bodies: Mapping[str, int] = field(default_factory=dict)
    alerts: Alerts | None = None
    figures: Figures | None = None
