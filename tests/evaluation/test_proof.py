"""Replies to the project's own messages stand word for word in the pages, and seeded changes of them are found."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.composer import compose
from actions.turn.turn import Turn as ActionTurn
from channels.rendering.text import TextRenderer
from channels.sms.rendering import SmsRenderer
from cli.install import for_tests
from cli.proofs import own_sentences, snapshots_of
from conversations.wording import Wording
from core.channels import CHANNELS
from core.proof.prove import with_proof
from core.proof.verify import Snapshot, Verdict, verify
from core.settings import ROOT, Settings
from core.turns import Turn
from retrieval.evaluation.questions import OWN
from retrieval.service import SearchService
from tests.seeded_changes import CHANGES, changed

type Json = dict[str, Any]

SEED = 39
MESSAGES, CHANGED = 20, 80
_FILLED = {"notice": "notice", "more": "body"}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return for_tests(Settings())


@pytest.fixture(scope="module")
def wording(settings: Settings) -> Wording:
    return Wording.load(ROOT / "domain.yml").filled_from(settings)


@pytest.fixture(scope="module")
def snapshot_of(settings: Settings) -> Callable[[str], Snapshot]:
    return snapshots_of(settings)


@pytest.fixture(scope="module")
def replies(engine: SearchService, settings: Settings, wording: Wording, snapshot_of: Callable[[str], Snapshot]) -> list[Json]:
    """Returns replies to messages on each channel, by SMS with all their parts (SUITE), with their proofs."""
    lines = (OWN / "questions/messages.jsonl").read_text(encoding="utf-8").splitlines()
    drawn = random.Random(SEED).sample(lines, MESSAGES)
    return [
        with_proof(reply, snapshot_of)
        for text in (json.loads(line)["question"] for line in drawn)
        for channel in CHANNELS
        for reply in _composed(engine, settings, wording, text, channel)
    ]


def _composed(engine: SearchService, settings: Settings, wording: Wording, text: str, channel: str) -> Iterator[Json]:
    """Yields the reply to a first message, taken for a question, as ``ask --json`` prints it, and what SUITE brings."""
    latest = {"text": text, "intent": {"name": "enquiry"}, "entities": []}
    events = [{"event": "user", "text": text, "input_channel": channel}]
    tracker = Tracker("composed", {"language": "fr"}, latest, events, False, None, {}, "action_listen")
    turn: Json = {"outcome": "choices", "blocks": []}
    for one in compose(ActionTurn.read(tracker, settings, engine)).utterances:
        if one.response is not None:
            values: Mapping[str, Any] = one.values
            words, fill = wording.text(one.response, channel=channel, **values), one.custom.get("fill")
            turn |= {name: one.custom[name] for name in ("outcome",) if name in one.custom}
            last = turn["blocks"][-1] if turn["blocks"] else {}
            if fill == "option":
                last["options"] = [*last["options"], {"label": words, "payload": one.custom["payload"]}]
            elif fill:
                last[_FILLED[fill]] = "\n\n".join(filter(None, (last.get(_FILLED[fill]), words)))
            else:
                turn["blocks"].append({**one.custom.get("block", {"type": "text"}), "text": words})
    render = SmsRenderer(wording) if channel == "sms" else TextRenderer(wording)
    blocks = Turn.model_validate(turn).blocks
    while blocks:
        rendered = render(blocks, language="fr")
        yield {**Turn(outcome=turn["outcome"], blocks=blocks).model_dump(mode="json"), "text": rendered.text}
        blocks = tuple(rendered.rest)


def _verdict(reply: Json, snapshot_of: Callable[[str], Snapshot], wording: Wording) -> Verdict:
    return verify(reply, snapshot_of, frozenset(own_sentences(wording, reply)))


def test_replies_are_proved(replies: Collection[Json], snapshot_of: Callable[[str], Snapshot], wording: Wording) -> None:
    verdicts = [(reply["text"], _verdict(reply, snapshot_of, wording)) for reply in replies]
    quoted = sum(verdict.quoted for _, verdict in verdicts)
    print(f"{len(replies)} replies, {quoted} pieces")
    assert len(replies) >= 2 * MESSAGES
    assert quoted > 2 * len(replies)
    assert [(text, verdict.faults) for text, verdict in verdicts if verdict.faults] == []


@pytest.mark.parametrize("proved_anew", [False, True])
def test_seeded_changes_are_found(
    replies: list[Json], snapshot_of: Callable[[str], Snapshot], wording: Wording, *, proved_anew: bool
) -> None:
    rng = random.Random(SEED)
    tried, missed = Counter[str](), list[tuple[str, str]]()
    while tried.total() < CHANGED:
        change = changed(rng.choice(replies), rng)
        if change is not None:
            name, reply = change
            tried[name.partition(",")[0]] += 1
            if not _verdict(with_proof(reply, snapshot_of) if proved_anew else reply, snapshot_of, wording).faults:
                missed.append((name, reply["text"]))
    assert tried.keys() == CHANGES.keys()
    assert missed == []
