"""The first reply holds the answer: what ``./guichet eval first-reply`` measures on questions kept apart does not fall."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from cli.processes import kind_of
from core.reply_form import FORM
from core.settings import ROOT
from tests.e2e.conftest import Service
from tests.evaluation.bounds import ceiling, floor
from tests.waiting import wait_until

_SET = ROOT / "tests" / "evaluation" / "first_reply"
_FILES = [str(_SET / f"held_out_{part}.jsonl") for part in ("questions", "grades", "facts")]
# Of 2026-11-30, 200 questions, 183 of them with facts; nothing was chosen on them.
_LEAST = {
    "web": {"says": 0.21, "content": 0.98, "first_right": 0.61, "first_useful": 0.77, "in_two": 0.78, "sure_right": 0.86},
    "sms": {"says": 0.12, "content": 0.95, "first_right": 0.57},
}
_MOST = {"web": {"misleading": 0.03, "off": 0.14}, "sms": {"misleading": 0.03}}


def writes_the_newest_form(log: Path) -> bool:
    """Decides whether the worker with this log writes replies in the newest form, with mini cards: after its start, only once
    every process is known to read it.
    """
    events = ('"event":"worker_ready"', '"event":"reply_form"')
    told = [line for line in log.read_text().splitlines() if any(event in line for event in events) and line.endswith("}")]
    return bool(told) and json.loads(told[-1]).get("now") == FORM


@pytest.mark.parametrize("channel", ["web", "sms"])
def test_first_reply_to_questions_kept_apart_holds_the_answer_as_often(service: Service, channel: str) -> None:
    for state in service.stack.supervisor.states():
        if kind_of(state.name) == "worker":
            wait_until(partial(writes_the_newest_form, service.stack.supervisor.log_file(state.name)))
    done = service.command("eval", "first-reply", *_FILES, "--channel", channel, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    print({name: value for name, value in figures.items() if name != "parts"})
    counted = {"says": 183, "sure_right": round(200 * figures["sure"])}
    least = {name: floor(share, counted.get(name, 200)) for name, share in _LEAST[channel].items()}
    most = {name: ceiling(share, 200) for name, share in _MOST[channel].items()}
    assert {name: figures[name] for name, bound in least.items() if figures[name] < bound} == {}
    assert {name: figures[name] for name, bound in most.items() if figures[name] > bound} == {}
