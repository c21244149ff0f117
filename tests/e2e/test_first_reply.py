"""The first reply holds the answer: what ``./guichet eval first-reply`` measures on questions kept apart does not fall."""

from __future__ import annotations

import json

import pytest

from core.settings import ROOT
from tests.e2e.conftest import Service
from tests.evaluation.bounds import ceiling, floor
from tests.integration.manager_support import until

_SET = ROOT / "tests" / "evaluation" / "first_reply"
_FILES = [str(_SET / f"held_out_{part}.jsonl") for part in ("questions", "grades", "facts")]
# Of 2026-11-30, 200 questions, 183 of them with facts; nothing was chosen on them.
_LEAST = {
    "web": {"says": 0.21, "content": 0.98, "first_right": 0.61, "first_useful": 0.77, "in_two": 0.78, "sure_right": 0.86},
    "sms": {"says": 0.12, "content": 0.95, "first_right": 0.57},
}
_MOST = {"web": {"misleading": 0.03, "off": 0.14}, "sms": {"misleading": 0.03}}


def shows_mini_cards(service: Service) -> bool:
    """Decides whether replies are written in the newest form: after a start, only once every process is known to read it."""
    asked = service.command("ask", "--json", "effacer casier judiciaire")
    options = [option for block in json.loads(asked.stdout.splitlines()[-1])["blocks"] for option in block.get("options") or ()]
    return any(option.get("extract") for option in options)


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_first_reply_to_questions_kept_apart_holds_the_answer_as_often(service: Service, channel: str) -> None:
    until(lambda: shows_mini_cards(service))
    done = service.command("eval", "first-reply", *_FILES, "--channel", channel, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    print({name: value for name, value in figures.items() if name != "parts"})
    counted = {"says": 183, "sure_right": round(200 * figures["sure"])}
    least = {name: floor(share, counted.get(name, 200)) for name, share in _LEAST[channel].items()}
    most = {name: ceiling(share, 200) for name, share in _MOST[channel].items()}
    assert {name: figures[name] for name, bound in least.items() if figures[name] < bound} == {}
    assert {name: figures[name] for name, bound in most.items() if figures[name] > bound} == {}
