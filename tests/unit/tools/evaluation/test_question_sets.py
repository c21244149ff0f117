"""The project's own question sets and synonyms keep their promises: sizes, balance, separate halves, one sense a term."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
import yaml

from core.settings import ROOT
from retrieval.terms.analysis import fold, words

EVALUATION = ROOT / "tests" / "evaluation"
KINDS = {"cost", "delay", "place", "documents", "online", "who", "how", "other"}
LANGUAGES = {"en", "es", "pt", "ar", "tr", "uk"}
SCRIPTS = {"ar": ("\u0600", "\u06ff"), "uk": ("\u0400", "\u04ff")}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (EVALUATION / name).read_text(encoding="utf-8").splitlines()]


def halves(name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return rows(f"{name}/dev.jsonl"), rows(f"{name}/sealed.jsonl")


@pytest.mark.parametrize(("name", "least"), [("passages", 130), ("languages", 90)])
def test_halves_are_equal_and_no_question_or_id_comes_twice(name: str, least: int) -> None:
    dev, sealed = halves(name)
    assert len(dev) == len(sealed)
    assert len(dev) + len(sealed) >= least
    for field in ("id", "question"):
        assert max(Counter(row[field].casefold() for row in dev + sealed).values()) == 1


def held_out_passages() -> list[dict[str, Any]]:
    return rows("passages/held_out.jsonl")


def more_passages() -> list[dict[str, Any]]:
    return rows("passages/more.jsonl")


def test_passages_name_a_section_and_a_kind() -> None:
    dev, sealed = halves("passages")
    for row in dev + sealed + held_out_passages() + more_passages():
        assert set(row) - {"cases", "also"} == {"id", "question", "entry", "headings", "kind"}, row["id"]
        assert row["headings"], row["id"]
        assert all(row["headings"] + row.get("cases", [])), row["id"]
        assert row.get("cases") != [], row["id"]
        assert all(row.get("also", [["a path"]])), row["id"]
        assert row["kind"] in KINDS, row["id"]
    assert {row["kind"] for row in dev} == {row["kind"] for row in sealed} == KINDS
    assert {row["kind"] for row in held_out_passages()} == KINDS


def test_no_page_has_more_than_two_passages_or_stands_in_both_halves() -> None:
    parts = (*halves("passages"), held_out_passages())
    assert max(Counter(row["entry"] for part in parts for row in part).values()) <= 2
    pages = [{row["entry"] for row in part} for part in parts]
    pages.append({row["entry"] for row in more_passages()})
    assert len(set().union(*pages)) == sum(map(len, pages))


def test_a_question_does_not_just_repeat_its_heading() -> None:
    for row in [row for part in (*halves("passages"), held_out_passages(), more_passages()) for row in part]:
        assert row["headings"][-1].casefold() not in row["question"].casefold(), row["id"]


def test_languages_are_balanced_and_share_no_page() -> None:
    dev, sealed = halves("languages")
    counts = Counter(row["language"] for row in dev)
    assert counts == Counter(row["language"] for row in sealed)
    assert set(counts) == LANGUAGES
    assert min(counts.values()) * 2 >= 15
    pages = [{page for row in half for page in row["gold"]} for half in (dev, sealed)]
    assert not pages[0] & pages[1]
    for row in dev + sealed:
        assert set(row) == {"id", "question", "language", "gold"}, row["id"]
        assert row["gold"], row["id"]


def test_messages_for_detection_cover_seven_languages() -> None:
    messages = rows("languages/detection.jsonl")
    counts = Counter(row["language"] for row in messages)
    assert set(counts) == LANGUAGES | {"fr"}
    assert counts["fr"] >= 20
    assert len({row["text"] for row in messages}) == len(messages) >= 60
    assert all(set(row) == {"text", "language"} for row in messages)
    assert max(len(row["text"]) for row in messages) <= 40  # short is what makes it hard


@pytest.mark.parametrize("language", sorted(SCRIPTS))
def test_other_scripts_are_written_in_their_script(language: str) -> None:
    low, high = SCRIPTS[language]
    texts = [row["question"] for half in halves("languages") for row in half if row["language"] == language]
    texts += [row["text"] for row in rows("languages/detection.jsonl") if row["language"] == language]
    for text in texts:
        assert any(low <= character <= high for character in text), text


def synonym_groups() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load((ROOT / "retrieval/query/synonyms.yml").read_text(encoding="utf-8"))
    return groups


def key(term: str) -> str:
    """A term as the index sees it: words, without accents."""
    return " ".join(fold(word) for word in words(term))


def test_synonym_groups_have_their_shape() -> None:
    groups = synonym_groups()
    assert len(groups) >= 250
    for group in groups:
        assert set(group) - {"both_ways", "replaces"} == {"terms", "means", "kind"}, group
        assert group["kind"] in {"abbreviation", "everyday", "sms", "renamed"}, group
        assert group["terms"], group
        assert group["means"], group
        assert all(isinstance(term, str) and term == term.lower() and key(term) for term in group["terms"]), group
        assert all(isinstance(mean, str) and key(mean) for mean in group["means"]), group


def test_a_term_stands_in_one_group_and_is_not_its_own_meaning() -> None:
    groups = synonym_groups()
    repeated = [term for term, count in Counter(key(term) for group in groups for term in group["terms"]).items() if count > 1]
    assert repeated == []
    for group in groups:
        assert not {key(term) for term in group["terms"]} & {key(mean) for mean in group["means"]}, group


def test_both_ways_is_for_one_term_and_one_meaning() -> None:
    """A list both ways would turn one citizen's word into all the others of the list."""
    for group in synonym_groups():
        if "both_ways" in group:
            assert group["both_ways"] is True, group
            assert len(group["terms"]) == len(group["means"]) == 1, group


def test_words_with_a_second_sense_do_not_stand_alone() -> None:
    ambiguous = {"at", "rc", "cb", "ct", "tel", "ac", "ca", "ts", "th", "tj", "dem", "sous", "plu", "pas", "permis", "caution"}
    ambiguous |= {"virer", "constat", "timbre", "boite", "paye", "paie", "bac", "cada", "puma", "cci", "decouvert", "interne"}
    assert not ambiguous & {key(term) for group in synonym_groups() for term in group["terms"]}
