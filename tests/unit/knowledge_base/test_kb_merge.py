"""Three-way merge: what one side changed is taken, what both changed is kept local and said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entry import Case, Cases, Chapter, Entry, Link, TextBlock
from knowledge_base.entries.merge import merge


def entry(*body: Any, **fields: Any) -> Entry:
    return Entry(id="a", collection="essai", body=body, **({"title": "Titre"} | fields))


def chapter(heading: str, *texts: str) -> Chapter:
    return Chapter(heading=heading, body=tuple(TextBlock(markdown=text) for text in texts))


def fork(**labels: str) -> Cases:
    return Cases(cases=tuple(Case(label=label, body=(TextBlock(markdown=text),)) for label, text in labels.items()))


BASE = entry(
    chapter("Coût", "Le timbre coûte 25 €."),
    chapter("Délai", "Deux semaines."),
    fork(Mineur="Avec un parent.", Majeur="Seul."),
    wordings=("un", "deux"),
    urls={"": "https://a.fr", "pro": "https://b.fr"},
    related=(Link(title="Passeport", entry="F1"),),
    description="Ancienne.",
    verified_on=date(2020, 1, 1),
)


def changed(**fields: Any) -> Entry:
    return BASE.model_copy(update=fields)


def with_body(*body: Any) -> Entry:
    return changed(body=body)


COST, DELAY, FORK = BASE.body
LATER, X, Y = chapter("Délai", "Un mois."), chapter("X", "x"), chapter("Y", "y")


def test_different_fields_and_sections_are_joined() -> None:
    local = changed(title="Titre local", body=(chapter("Coût", "Le timbre coûte 30 €."), DELAY, FORK), wordings=("un", "trois"))
    theirs = changed(
        description="Nouvelle.",
        body=(COST, DELAY, fork(Mineur="Avec ses deux parents.", Majeur="Seul."), chapter("Où", "En mairie.")),
        wordings=("un", "deux", "quatre"),
        verified_on=date(2024, 1, 1),
    )
    found = merge(BASE, local, theirs)
    assert found.clashes == ()
    assert (found.entry.title, found.entry.description, found.entry.verified_on) == (
        "Titre local",
        "Nouvelle.",
        date(2024, 1, 1),
    )
    assert found.entry.wordings == ("un", "trois", "quatre")
    assert found.entry.body == (
        chapter("Coût", "Le timbre coûte 30 €."),
        DELAY,
        fork(Mineur="Avec ses deux parents.", Majeur="Seul."),
        chapter("Où", "En mairie."),
    )


def test_what_people_ask_of_a_part_is_joined_and_stays_where_the_other_side_changed_its_text() -> None:
    cost = COST.model_copy(update={"wordings": ("c'est payant",)})
    base = with_body(cost, DELAY, FORK)
    local = with_body(cost.model_copy(update={"wordings": ("c'est payant", "ça coûte combien")}), DELAY, FORK)
    theirs = with_body(
        chapter("Coût", "Le timbre coûte 30 €.").model_copy(update={"wordings": ("c'est gratuit",)}), DELAY, FORK
    )
    found = merge(base, local, theirs)
    assert found.clashes == ()
    wordings = ("ça coûte combien", "c'est gratuit")
    assert found.entry.body[0] == chapter("Coût", "Le timbre coûte 30 €.").model_copy(update={"wordings": wordings})


def test_a_section_that_one_side_removed_is_no_clash_where_the_other_only_says_what_people_ask_of_it() -> None:
    worded = with_body(COST.model_copy(update={"wordings": ("c'est payant",)}), DELAY, FORK)
    for local, theirs in ((with_body(DELAY, FORK), worded), (worded, with_body(DELAY, FORK))):
        found = merge(BASE, local, theirs)
        assert found.clashes == ()
        assert found.entry.body == (DELAY, FORK)
    rewritten = with_body(chapter("Coût", "Le timbre coûte 30 €."), DELAY, FORK)
    assert merge(BASE, with_body(DELAY, FORK), rewritten).clashes


def test_two_days_of_verification_are_no_clash_and_the_later_one_holds() -> None:
    local, theirs = (BASE.model_copy(update={"verified_on": date(2024, month, 1)}) for month in (5, 3))
    for sides in ((local, theirs), (theirs, local)):
        found = merge(BASE, *sides)
        assert (found.entry.verified_on, found.clashes) == (date(2024, 5, 1), ())


def test_the_same_section_changed_twice_is_a_clash_that_stays_local() -> None:
    local = with_body(chapter("Coût", "30 €, sauf en ligne."), DELAY, FORK)
    theirs = with_body(chapter("Coût", "28 € depuis mars."), chapter("Délai", "Un mois."), FORK)
    found = merge(BASE, local, theirs)
    [clash] = found.clashes
    assert (clash.path, clash.local, clash.theirs) == (("body", "Coût"), "30 €, sauf en ligne.", "28 € depuis mars.")
    assert found.entry.body == (chapter("Coût", "30 €, sauf en ligne."), chapter("Délai", "Un mois."), FORK)
    chosen = merge(BASE, local, theirs, {0: "theirs"})
    assert chosen.entry.body == (chapter("Coût", "28 € depuis mars."), chapter("Délai", "Un mois."), FORK)


def test_a_renamed_section_takes_the_others_words() -> None:
    local = with_body(chapter("Combien ça coûte ?", "Le timbre coûte 25 €."), DELAY, FORK)
    theirs = with_body(chapter("Coût", "Le timbre coûte 28 €."), DELAY, FORK)
    found = merge(BASE, local, theirs)
    assert (found.clashes, found.entry.body[0]) == ((), chapter("Combien ça coûte ?", "Le timbre coûte 28 €."))


@pytest.mark.parametrize(
    ("local", "theirs", "body"),
    [
        (with_body(COST, FORK), BASE, (COST, FORK)),
        (BASE, with_body(COST, FORK), (COST, FORK)),
        (with_body(FORK, COST, DELAY), with_body(COST, LATER, FORK), (FORK, COST, LATER)),
        (with_body(COST, DELAY, FORK, X), with_body(Y, COST, DELAY, FORK), (Y, COST, DELAY, FORK, X)),
    ],
)
def test_removed_moved_and_added(local: Entry, theirs: Entry, body: tuple[Any, ...]) -> None:
    found = merge(BASE, local, theirs)
    assert (found.clashes, found.entry.body) == ((), body)


def test_removed_here_and_changed_there_is_a_clash() -> None:
    found = merge(BASE, with_body(COST, FORK), with_body(COST, chapter("Délai", "Un mois."), FORK))
    assert [(clash.path, clash.local) for clash in found.clashes] == [(("body", "Délai"), None)]
    assert found.entry.body == (COST, FORK)


def test_paragraphs_of_one_text_are_told_apart() -> None:
    base, local, theirs = (entry(introduction=text) for text in ("Un.\n\nDeux.", "Un !\n\nDeux.", "Un.\n\nDeux !\n\nTrois."))
    found = merge(base, local, theirs)
    assert (found.clashes, found.entry.introduction) == ((), "Un !\n\nDeux !\n\nTrois.")


def test_addresses_and_links_are_merged_by_what_they_lead_to() -> None:
    local = changed(urls=BASE.urls | {"": "https://ici.fr"}, related=(*BASE.related, Link(title="Ici", url="https://ici.fr")))
    theirs = changed(urls={"": "https://a.fr"}, related=(Link(title="Le passeport", entry="F1"),))
    found = merge(BASE, local, theirs)
    assert (found.clashes, found.entry.urls) == ((), {"": "https://ici.fr"})
    assert found.entry.related == (Link(title="Le passeport", entry="F1"), Link(title="Ici", url="https://ici.fr"))


def test_without_a_base_what_is_equal_is_no_clash() -> None:
    found = merge(None, entry(COST, title="Ici"), entry(COST, title="Là"))
    assert ([clash.path for clash in found.clashes], found.entry.body, found.entry.title) == ([("title",)], (COST,), "Ici")


_texts = st.text("abc ", min_size=1, max_size=6)
_bodies = st.lists(
    st.one_of(
        _texts.map(lambda text: TextBlock(markdown=text)),
        st.builds(chapter, st.sampled_from("XYZ"), _texts),
        st.builds(lambda one, two: fork(A=one, B=two), _texts, _texts),
    ),
    max_size=5,
)


@given(_bodies, _bodies)
def test_a_side_that_changed_nothing_gives_way(base: list[Any], other: list[Any]) -> None:
    before, after = entry(*base), entry(*other)
    assert (
        merge(before, before, after).entry == merge(before, after, before).entry == merge(before, after, after).entry == after
    )
    assert merge(before, before, after).clashes == merge(before, after, before).clashes == ()


def _words(body: Any) -> set[str]:
    return {block.markdown for block in body if isinstance(block, TextBlock)} | {
        text.markdown
        for block in body
        for part in ([block] if isinstance(block, Chapter) else block.cases if isinstance(block, Cases) else [])
        for text in part.body
        if isinstance(text, TextBlock)
    }


@given(_bodies, _bodies, _bodies)
def test_nothing_that_the_local_side_wrote_is_lost(base: list[Any], local: list[Any], theirs: list[Any]) -> None:
    found = merge(entry(*base), entry(*local), entry(*theirs))
    said = {clash.local for clash in found.clashes} | _words(found.entry.body)
    assert _words(local) - _words(base) <= said
