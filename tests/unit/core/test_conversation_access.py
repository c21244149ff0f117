"""Whose work a conversation is, and what that opens to whom. Pure."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from core.handoff import State
from core.identity import Role, Staff
from core.identity.conversation_access import Access, Ownership, access, ownership_of

_STAFFED = frozenset({"social", "urbanisme"})


class _Request(NamedTuple):
    state: str
    team: str = ""
    owner: str | None = None
    alert: bool = False


@pytest.mark.parametrize(
    ("requests", "found"),
    [
        ([], Ownership()),
        ([_Request(State.WAITING, "social")], Ownership(frozenset({"social"}))),
        ([_Request(State.DRAFT, "social", "a")], Ownership()),
        # What is open counts: who answered before has handed it over.
        ([_Request(State.CLOSED, "social", "a"), _Request(State.CLAIMED, "urbanisme", "b")], Ownership({"urbanisme"}, {"b"})),  # type: ignore[arg-type]
        ([_Request(State.CLOSED, "social", "a"), _Request(State.WAITING)], Ownership()),
        # A call-back of nobody's beside a team's chat opens nothing.
        ([_Request(State.WAITING, "social"), _Request(State.WAITING)], Ownership(frozenset({"social"}))),
        ([_Request(State.WAITING, "social"), _Request(State.WAITING, "urbanisme")], Ownership(_STAFFED)),
        # Somebody has to answer, though nobody is in the team; what is over stays closed.
        ([_Request(State.WAITING, "empty")], Ownership()),
        ([_Request(State.CLOSED, "empty")], Ownership(frozenset({"empty"}))),
        ([_Request(State.WAITING, "social", None, True)], Ownership(frozenset({"social"}), danger=True)),
        ([_Request(State.CLAIMED, "social", "a", True)], Ownership({"social"}, {"a"})),  # type: ignore[arg-type]
        ([_Request(State.CLOSED, "social", "a", True)], Ownership({"social"}, {"a"})),  # type: ignore[arg-type]
    ],
)
def test_whose_follows_from_what_is_open_else_from_what_is_over(requests: list[_Request], found: Ownership) -> None:
    assert ownership_of(requests, _STAFFED) == found


def test_whose_without_teams_in_use_is_everybodys() -> None:
    assert ownership_of([_Request(State.CLOSED, "social")], frozenset()) == Ownership()


def _staff(role: Role, *teams: str) -> Staff:
    return Staff("me", "Moi", "moi@mairie.example", role, teams=teams)


@pytest.mark.parametrize(
    ("staff", "of", "staffed", "found"),
    [
        (_staff(Role.SUPERVISOR, "social"), Ownership(frozenset({"social"})), _STAFFED, Access.OPEN),
        (_staff(Role.SUPERVISOR, "social"), Ownership(frozenset({"urbanisme"})), _STAFFED, Access.CLOSED),
        (_staff(Role.SUPERVISOR), Ownership(frozenset({"urbanisme"})), _STAFFED, Access.CLOSED),
        (_staff(Role.SUPERVISOR), Ownership(), _STAFFED, Access.OPEN),
        (_staff(Role.SUPERVISOR), Ownership(frozenset({"social"}), frozenset({"me"})), _STAFFED, Access.OPEN),
        (_staff(Role.SUPERVISOR), Ownership(frozenset({"social"}), danger=True), _STAFFED, Access.OPEN),
        (_staff(Role.ADMINISTRATOR), Ownership(), frozenset(), Access.OPEN),  # a small town
        (_staff(Role.ADMINISTRATOR), Ownership(), _STAFFED, Access.WITH_REASON),
        (_staff(Role.ADMINISTRATOR, "dropped"), Ownership(), _STAFFED, Access.WITH_REASON),
        (_staff(Role.ADMINISTRATOR, "social"), Ownership(), _STAFFED, Access.OPEN),
        (_staff(Role.READER, "social"), Ownership(frozenset({"social"}), danger=True), _STAFFED, Access.CLOSED),
        (_staff(Role.PUBLISHER), Ownership(holders=frozenset({"me"})), frozenset(), Access.CLOSED),
    ],
)
def test_access_needs_the_role_and_the_team(staff: Staff, of: Ownership, staffed: frozenset[str], found: Access) -> None:
    assert access(staff, of, staffed) is found
