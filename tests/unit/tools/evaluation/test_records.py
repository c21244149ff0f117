"""Recordings: the same choice each time, nothing in them that changes by itself, and differences named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.language import Refusal
from tests.unit.tools.evaluation.replies import CARD, FakeService, answer, choices, option, reply, signed
from tools.evaluation.records.comparison import compare, count_parts, in_words, read_records
from tools.evaluation.records.recording import UNPLAYED, Recorded, as_lines, essentials, record
from tools.evaluation.records.selection import Conversation, Said, conversations, spread


def test_selection_of_our_own_sets_has_600_messages_and_40_dialogues() -> None:
    chosen = conversations()
    assert chosen == conversations()
    messages = [one for one in chosen if one.origin.endswith(".jsonl")]
    assert (len(messages), len(chosen)) == (600, 640)
    assert len({(one.origin, one.id) for one in chosen}) == 640
    assert not [one.origin for one in chosen if "held_out" in one.origin or "sealed" in one.origin]


@pytest.mark.parametrize(("count", "taken"), [(2, [0, 5]), (3, [0, 3, 6]), (10, list(range(10))), (20, list(range(10)))])
def test_spread_over_ten_takes_even_distances(count: int, taken: list[int]) -> None:
    assert spread(range(10), count) == taken


def test_essentials_of_a_reply_leave_out_what_changes() -> None:
    blocks = (answer("F1", headings=["Coût"], snapshot="s1"), choices(option("F2", label="Vol", extract=CARD), option("F3")))
    kept = essentials(reply(*blocks, outcome="answered", text="86 €", entry="F1"))
    assert kept["blocks"] == (
        {"type": "answer", "title": "Passeport", "headings": ["Coût"], "body": "Le passeport coûte 86 €."},
        {"type": "choices", "purpose": "entries", "extracts": [CARD, ""]},
    )
    assert [button.payload for button in kept["buttons"]] == [f'/choose{{"entry": "F{n}", "passage": 4}}' for n in (2, 3)]
    assert (kept["outcome"], kept["entry"], kept["text"]) == ("answered", "F1", "86 €")


DIALOGUE = Conversation("d.yml", "d1", (Said("a"), Said("Vol", pressed=True), Said("c")))


async def test_recording_a_dialogue_presses_the_button_in_the_same_conversation() -> None:
    token = signed('/choose{"entry": "F2"}', "Vol")
    first = reply(choices({"label": "Vol", "payload": token}))
    service = FakeService({"a": first, "Vol": reply(answer("F2")), "c": reply(answer("F2"))})
    turns = await record(service, [DIALOGUE], lambda done, total: None)
    assert [(one.channel, one.turn, one.said) for one in turns] == [
        (channel, number, said) for channel in ("web", "sms") for number, said in enumerate(("a", "Vol", "c"), start=1)
    ]
    assert ("web", "Vol", "c1", token) in service.asked
    assert ("sms", "c", "c1", None) in service.asked


async def test_recording_a_dialogue_without_its_button_leaves_the_rest_unplayed() -> None:
    turns = await record(FakeService({"a": reply()}), [DIALOGUE], lambda done, total: None)
    assert [one.outcome for one in turns] == ["answered", UNPLAYED, UNPLAYED] * 2


def turn(**more: Any) -> Recorded:
    values = {"channel": "web", "origin": "q.jsonl", "id": "1", "turn": 1, "said": "vol", "outcome": "answered", "entry": "F1"}
    return Recorded.model_validate({**values, **more})


def test_recordings_that_were_written_are_read_as_they_were(tmp_path: Path) -> None:
    recorded = [turn(), turn(id="2", **essentials(reply(answer(), choices(option("F2")))))]
    path = tmp_path / "r.jsonl"
    path.write_text(as_lines(recorded), encoding="utf-8")
    assert read_records(path) == recorded
    assert compare(recorded, read_records(path)) == []


@pytest.mark.parametrize("content", ["", "{}", '{"id": "a", "question": "vol"}'])
def test_recordings_that_are_none_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refusal, match="eval record"):
        read_records(path)


def test_comparison_of_two_recordings_names_what_differs() -> None:
    before = [turn(), turn(id="2"), turn(id="3", text="avant")]
    after = [turn(), turn(id="2", outcome="choices", entry=""), turn(id="3", text="après", entry="F2")]
    changes = compare(before, after)
    assert [(one.after.id, one.parts) for one in changes] == [("2", ("outcome", "entry")), ("3", ("entry", "text"))]
    assert count_parts(changes) == {"outcome": 1, "entry": 2, "text": 1, "blocks": 0, "buttons": 0}
    assert in_words(changes[0].after, changes[0].parts) == "outcome: choices\nentry: –"
    assert in_words(changes[1].before, ("text", "buttons")) == "text: \navant\nbuttons: "


@pytest.mark.parametrize("after", [[], [turn(said="other")], [turn(), turn(id="2")], [turn(channel="sms")]])
def test_comparison_of_different_messages_is_refused(after: list[Recorded]) -> None:
    with pytest.raises(Refusal, match="messages"):
        compare([turn()], after)
