"""Energy of a turn: by the processor's counters, shared out; else by a stated power a core."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.bench.energy import RAPL, WATTS_A_CORE, Reading, read, used


def _package(counters: Path, name: str, kind: str, microjoules: str) -> None:
    folder = counters / name
    folder.mkdir()
    for file, content in (("name", kind), ("energy_uj", microjoules), ("max_energy_range_uj", "10000000")):
        (folder / file).write_text(f"{content}\n")


def test_read_adds_packages_and_leaves_their_parts_out(tmp_path: Path) -> None:
    assert read(tmp_path).microjoules is None
    _package(tmp_path, "intel-rapl:0", "package-0", "5000000")
    _package(tmp_path, "intel-rapl:0:0", "core", "3000000")
    _package(tmp_path, "intel-rapl:1", "psys", "9000000")
    assert read(tmp_path).microjoules == {"intel-rapl:0": 5_000_000}
    assert read(tmp_path).busy_seconds > 0
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("permission")
    assert read(tmp_path).microjoules is None


@pytest.mark.parametrize(("last", "joules"), [(9_000_000, 4.0), (1_000_000, 6.0)])
def test_used_shares_the_counters_by_processor_time(tmp_path: Path, last: int, joules: float) -> None:
    _package(tmp_path, "intel-rapl:0", "package-0", "0")
    before, after = Reading({"intel-rapl:0": 5_000_000}, 10.0), Reading({"intel-rapl:0": last}, 14.0)
    assert used(before, after, 2.0, tmp_path) == (joules / 2, RAPL)
    assert used(before, after, 9.0, tmp_path) == (joules, RAPL)  # readings of two clocks: never more than all


def test_used_without_counters_takes_the_stated_power() -> None:
    assert used(Reading(None, 10.0), Reading(None, 14.0), 2.0) == (2 * WATTS_A_CORE, f"{WATTS_A_CORE:g} W a busy core")
