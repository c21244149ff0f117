"""Calls of functions of ``actions/`` that a question takes."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from core.settings import Settings
from tests.unit.actions.fakes import FakeKnowledge
from tools.evaluation.call_counts import count_calls


@pytest.fixture
def settings() -> Settings:
    secret = SecretStr("not a secret")
    return Settings(_env_file=None, secret_key=secret, internal_secret=secret, address_key=secret)


def test_count_calls_counts_the_steps_of_a_question_once_each(settings: Settings) -> None:
    counts = count_calls(settings, FakeKnowledge(), "carte perdue", "web")
    assert counts.functions["actions/composer.py", "compose"] == 1
    assert counts.functions["actions/policy/new_question.py", "new_question"] == 1
    assert counts.functions["actions/handlers/turn_action.py", "TurnAction.run"] == 1
    assert all(file.startswith("actions/") for file in counts.files)
    assert sum(some.calls for some in counts.by_folder().values()) == counts.calls


def test_count_calls_stops_at_the_first_step_that_ends_the_turn(settings: Settings) -> None:
    files = count_calls(settings, FakeKnowledge(), "👍", "web").files
    assert "actions/policy/wordless_message.py" in files
    assert not {"actions/policy/subject_change.py", "actions/policy/new_question.py"} & files
