from __future__ import annotations

import pytest

from analytics.desk.insights.charts import columns


@pytest.mark.parametrize(("most", "beside"), [(1, ["0", "1"]), (2, ["0", "1", "2"]), (5, ["0", "5"]), (37, ["0", "25", "50"])])
def test_only_whole_numbers_stand_beside_a_chart(most: int, beside: list[str]) -> None:
    """Half of five contacts was called 2, and stood as high as 2.5."""
    assert [mark.text for mark in columns(["23/11"], [[most]]).beside] == beside


def test_a_single_column_is_no_wall() -> None:
    (piece,) = columns(["23/11"], [[3]]).pieces
    assert piece.width < 200
