"""Steps of an installation: skipped when nothing has changed, done again when they were only provisional."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.progress import StepResult
from cli.steps import Report, Steps


class Work:
    """Counts how often it is done, and says what it is told to."""

    def __init__(self, told: StepResult | None = None, fails: bool = False) -> None:
        self.done = 0
        self._told, self._fails = told, fails

    def __call__(self, report: Report) -> StepResult | None:
        self.done += 1
        if self._fails:
            raise RuntimeError("interrupted")
        return self._told


def _run(folder: Path, work: Work, inputs: str = "a", made: Path | None = None) -> None:
    with Steps(folder) as steps:
        steps.run("step", "Étape", "Step", inputs, work, output=made)


def test_a_step_is_done_once_for_the_same_inputs(tmp_path: Path) -> None:
    work = Work()
    for inputs in ("a", "a", "b"):
        _run(tmp_path, work, inputs)
    assert work.done == 2


def test_a_step_whose_product_is_gone_is_done_again(tmp_path: Path) -> None:
    work, made = Work(), tmp_path / "made"
    _run(tmp_path, work, made=made)
    _run(tmp_path, work, made=made)
    assert work.done == 2


def test_an_interrupted_step_is_done_again(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        _run(tmp_path, Work(fails=True))
    work = Work()
    _run(tmp_path, work)
    assert work.done == 1


def test_provisional_work_is_done_again_even_after_complete_work(tmp_path: Path) -> None:
    _run(tmp_path, Work(), "older")
    work = Work(StepResult(["Sans réseau."], provisional=True))
    _run(tmp_path, work)
    _run(tmp_path, work)
    assert work.done == 2


def test_what_a_step_says_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(tmp_path, Work(StepResult(["3371 créées [en 20 s]"])))
    assert "3371 créées [en 20 s]" in capsys.readouterr().err
