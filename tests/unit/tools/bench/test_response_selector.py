"""What Rasa's ResponseSelector is given to learn, and how its answers are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from core.entry import Entry
from core.settings import Settings
from tools.bench.response_selector import SelectorModel
from tools.bench.response_selector_data import LONGEST, examples, ranked, write_data

PIPELINE = [{"name": "WhitespaceTokenizer"}]


def _entry(number: int = 1, **changes: Any) -> Entry:
    return Entry(**({"id": f"x/{number}", "collection": "fiches", "title": f"Passeport n° {number}"} | changes))


def _settings(home: Path) -> Settings:
    secret = SecretStr("not a secret")
    return Settings(_env_file=None, home=home, secret_key=secret, internal_secret=secret, address_key=secret)


def test_examples_are_the_title_the_wordings_and_the_sentences_of_the_description() -> None:
    entry = _entry(wordings=("perdre son passeport",), description="Il est perdu, ou volé ?\nIl faut le déclarer. Vite.")
    assert examples(entry) == [
        "Passeport n° 1",
        "perdre son passeport",
        "Il est perdu, ou volé ?",
        "Il faut le déclarer.",
    ]


def test_an_example_is_given_once_and_no_longer_than_a_message() -> None:
    long = " ".join(["mot"] * (LONGEST + 1))
    assert examples(_entry(wordings=("Passeport n° 1", long))) == ["Passeport n° 1"]
    assert examples(_entry(title=long)) == [long]  # without its title an entry could not be found at all


def test_what_rasa_takes_for_markup_is_none(tmp_path: Path) -> None:
    write_data(tmp_path, [_entry(title="Aide [Paris](ville) {nom}")], PIPELINE)
    assert "[" not in (tmp_path / "nlu.yml").read_text()
    assert _read(tmp_path, "domain")["responses"] == {"utter_faq/0": [{"text": "Aide (Paris)(ville) (nom)"}]}


def test_each_entry_has_one_sub_intent_whatever_its_id(tmp_path: Path) -> None:
    write_data(tmp_path, [_entry(1), _entry(2, description="Il faut le déclarer.")], PIPELINE)
    assert _read(tmp_path, "nlu")["nlu"] == [
        {"intent": "faq/0", "examples": "- Passeport n° 1\n"},
        {"intent": "faq/1", "examples": "- Passeport n° 2\n- Il faut le déclarer.\n"},
    ]
    assert _read(tmp_path, "config")["pipeline"] == PIPELINE


def test_the_same_entries_give_the_same_files(tmp_path: Path) -> None:
    entries = [_entry(number) for number in range(5)]
    for name in ("one", "two"):
        write_data(tmp_path / name, entries, PIPELINE)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_an_answer_names_entries_best_first() -> None:
    assert ranked({"ranking": ["faq/2", "faq/0"]}, ["a", "b", "c"]) == ["c", "a"]


@pytest.mark.parametrize("answer", [{}, {"ranking": None}, {"ranking": ["faq/3"]}, {"ranking": ["greet"]}, {"ranking": [None]}])
def test_what_is_no_answer_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not an answer"):
        ranked(answer, ["a", "b", "c"])


def test_a_changed_entry_is_another_model(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    folder = SelectorModel(settings, [_entry()]).folder
    assert SelectorModel(settings, [_entry()]).folder == folder
    assert SelectorModel(settings, [_entry(title="Carte d'identité")]).folder != folder


def test_figures_tell_how_long_it_learnt_and_how_well(tmp_path: Path) -> None:
    model = SelectorModel(_settings(tmp_path), [_entry()])
    model.folder.mkdir(parents=True)
    curve = [
        {"epoch": number, "seconds": number * 6.0, "cpu_seconds": number * 3.0, "accuracy": number / 100}
        for number in range(1, 101)
    ]
    (model.folder / "progress.json").write_text(json.dumps({"curve": curve}))
    figures = model.figures()
    assert (figures["minutes"], figures["cpu_minutes"], figures["epochs"]) == (10.0, 5.0, 100)
    assert (figures["accuracy"]["1"], figures["accuracy"]["100"]) == (0.01, 1.0)
    assert len(figures["accuracy"]) <= 12


def _read(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
