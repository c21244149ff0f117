"""What the doctor says of Sentinels and of a Cluster's nodes."""

from __future__ import annotations

from typing import Any

from cli.doctor.event_bus import of_cluster, of_sentinels

_WHOLE = {"num-slaves": 1}


def test_sentinels_that_are_silent_and_a_master_alone() -> None:
    assert of_sentinels({"one:1": _WHOLE, "two:2": _WHOLE}) == []
    (silent,) = of_sentinels({"one:1": _WHOLE, "two:2": None})
    assert "two:2" in silent.message[0]
    assert "one:1" not in silent.message[0]
    (alone,) = of_sentinels({"one:1": {"num-slaves": 0}})
    assert "réplique" in alone.message[0]
    assert len(of_sentinels({"one:1": None})) == 1  # of the replica nobody said anything


def test_masters_alone_and_nodes_that_are_down() -> None:
    def node(name: str, flags: str, slots: list[list[str]], master: str = "-") -> dict[str, Any]:
        return {"node_id": name, "flags": flags, "slots": slots, "master_id": master}

    whole = {"h:1": node("a", "myself,master", [["0", "16383"]]), "h:2": node("b", "slave", [], "a")}
    assert of_cluster(whole) == []
    (down, alone) = of_cluster(whole | {"h:2": node("b", "slave,fail", [], "a")})
    assert "h:2" in down.message[1]
    assert "h:1" in alone.message[1]
    assert of_cluster(whole | {"h:2": node("b", "slave,fail?", [], "a")}) == []  # one node's suspicion
    assert of_cluster(whole | {"h:3": node("c", "master", [])}) == []  # holds nothing
