"""The waiting time that citizens are told, and the team they are sent to. Pure."""

from __future__ import annotations

import pytest

from core.database.models import Team
from supervision.handoffs.presence import Duty, PresentSupervisor
from supervision.handoffs.queue_position import RecentWaits, minutes_to_wait
from supervision.handoffs.teams import choose_team

_PAST = RecentWaits(waited=[60] * 8, handled=[600] * 8)


def _staff(*loads: tuple[int, int]) -> list[PresentSupervisor]:
    return [PresentSupervisor(Duty(f"s{number}", capacity), holding) for number, (capacity, holding) in enumerate(loads)]


@pytest.mark.parametrize(
    ("place", "loads", "minutes"),
    [
        (1, [(3, 0)], 5),  # somebody is free: what it takes to be noticed, rounded up
        (1, [(1, 1)], 15),  # 1 minute, and 10 until the only conversation ends
        (4, [(1, 1), (1, 1)], 25),
        (4, [(2, 2), (2, 1)], 10),  # one place is free, three are ahead of the others
        (1, [(2, 5)], 10),  # a transfer may give somebody more than they have room for
        (30, [(1, 1)], None),  # five hours: nobody can know that
        (1, [], None),
        (1, [(0, 0)], None),
    ],
)
def test_minutes_to_wait_follow_from_past_conversations(place: int, loads: list[tuple[int, int]], minutes: int | None) -> None:
    assert minutes_to_wait(_PAST, place, _staff(*loads)) == minutes


def test_minutes_to_wait_without_enough_data_are_unknown() -> None:
    few = RecentWaits(waited=[60] * 4, handled=[600] * 4)
    assert minutes_to_wait(few, 1, _staff((2, 0))) is None


def test_minutes_to_wait_exceed_the_average_of_mixed_durations() -> None:
    mixed = RecentWaits(waited=[0] * 8, handled=[60, 60, 60, 60, 60, 1800, 1800, 1800])
    promised = minutes_to_wait(mixed, 1, _staff((1, 1)))
    assert promised is not None
    assert promised > sum(mixed.handled) / len(mixed.handled) / 60


@pytest.mark.parametrize(
    ("team", "language", "served"),
    [
        ("", "fr", True),
        ("urbanisme", "fr", True),
        ("etat-civil", "fr", False),
        ("urbanisme", "en", False),
        ("empty", "fr", True),  # nobody is in it, so that anybody answers
    ],
)
def test_supervisor_serves_teams_and_languages(team: str, language: str, served: bool) -> None:
    duty = Duty("anne", 3, teams=("urbanisme",), languages=("fr",))
    staffed = frozenset({"urbanisme", "etat-civil"})
    assert PresentSupervisor(duty, 0, staffed).serves(team, language) is served
    assert not PresentSupervisor(Duty("anne", 3, available=False), 0).serves(team, language)


_TEAMS = [
    Team(name="accueil", themes=[], languages=["fr"]),
    Team(name="etat-civil", themes=["papiers", "famille"], languages=[]),
    Team(name="international", themes=[], languages=["en"]),
    Team(name="urbanisme", themes=["logement"], languages=["fr"]),
]


@pytest.mark.parametrize(
    ("breadcrumb", "language", "team"),
    [
        (("Logement", "Location"), "fr", "urbanisme"),
        (("Papiers - Citoyenneté",), "en", "etat-civil"),
        (("Logement",), "en", "international"),
        (("Justice",), "fr", "accueil"),
        ((), "en", "international"),
        (("Justice",), "es", ""),
    ],
)
def test_team_is_chosen_by_theme_and_language(breadcrumb: tuple[str, ...], language: str, team: str) -> None:
    assert choose_team(_TEAMS, breadcrumb, language) == team
