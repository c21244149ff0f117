"""What another administration handles: the rule, and the file that holds the examples' vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.contracts import Topic, Vectors
from retrieval.decision.topics import LEAST, LEAST_OF_NAME, EmbeddedTopics, TopicList

BUS = Topic(name="Bus", examples=("un", "deux", "trois"), body="Orbéo", phone="01", sentence="Des bus.")
WATER = Topic(name="Eau", examples=("quatre", "cinq"), body="Syndicat", phone="02", sentence="De l'eau.")
AXES = np.eye(7, dtype=np.float32)  # the two names, then the five examples


def vector(*examples: float, names: tuple[float, float] = (LEAST_OF_NAME, LEAST_OF_NAME)) -> Vectors:
    return np.asarray([*names, *examples], np.float32)


def listed() -> TopicList:
    return TopicList.fixed((BUS, WATER), AXES)


@pytest.mark.parametrize(
    ("near", "page", "name"),
    [
        ((0.0, LEAST + 0.01, 0.0, 0.1, 0.0), 0.5, "Bus"),
        ((0.0, 0.0, 0.0, 0.1, LEAST + 0.01), 0.5, "Eau"),
        ((0.0, LEAST - 0.01, 0.0, 0.0, 0.0), 0.5, None),  # no example is near
        ((0.0, 0.75, 0.0, 0.0, 0.0), 0.76, None),  # a page is nearer
        ((0.0, 0.76, 0.0, 0.0, 0.0), 0.75, "Bus"),
        ((0.75, 0.1, 0.1, 0.7, 0.69), 0.6, "Eau"),  # two near examples count more than the nearest one
    ],
)
def test_of_needs_a_near_example_nearer_than_any_page(near: tuple[float, ...], page: float, name: str | None) -> None:
    found = listed().of(vector(*near), page)
    assert (found.name if found else None) == name


def test_of_needs_a_near_name_of_the_same_topic() -> None:
    by_its_place_alone = vector(0.9, 0.8, 0.0, 0.7, 0.0, names=(LEAST_OF_NAME - 0.01, LEAST_OF_NAME + 0.01))
    assert listed().of(by_its_place_alone, 0.0) == WATER
    assert listed().of(vector(0.9, 0.8, 0.0, 0.7, 0.0, names=(0.0, 0.0)), 0.0) is None


def test_of_without_topics_is_none() -> None:
    assert TopicList("e@1").of(vector(1.0, 0.0), 0.0) is None


def test_nearness_is_that_of_the_nearest_example() -> None:
    assert listed().nearness(np.stack([vector(0.2, 0.9, 0.1, 0, 0), vector(0, 0, 0, 0, 0.4)])).tolist() == pytest.approx(
        [0.9, 0.4]
    )
    assert TopicList("e@1").nearness(np.zeros((2, 7), np.float32)).tolist() == [0.0, 0.0]


def test_refresh_follows_the_file_and_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    file = tmp_path / "topics.desk.json"
    topics = TopicList("e@1", file)
    assert not topics.topics
    file.write_text(EmbeddedTopics.of((BUS, WATER), AXES, "e@1").model_dump_json())
    topics.refresh()
    assert topics.topics == (BUS, WATER)
    assert topics.of(vector(0.9, 0, 0, 0, 0), 0.0) == BUS
    file.write_text(EmbeddedTopics.of((BUS, WATER), AXES[:4, :6], "e@1").model_dump_json())
    topics.refresh()  # four vectors for seven texts: what was read before stays in use
    assert topics.of(vector(0.9, 0, 0, 0, 0), 0.0) == BUS
    file.write_text("{")
    topics.refresh()
    assert topics.topics == (BUS, WATER)
    file.unlink()
    topics.refresh()
    assert not topics.topics


def test_refresh_does_not_use_vectors_of_another_model(tmp_path: Path) -> None:
    file = tmp_path / "topics.desk.json"
    file.write_text(EmbeddedTopics.of((BUS,), AXES[:4], "e@2").model_dump_json())
    assert TopicList("e@1", file).topics == ()
