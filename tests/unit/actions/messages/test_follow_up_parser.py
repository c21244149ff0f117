"""Whether a message goes on about an entry, and how; which passages speak of what is asked."""

from __future__ import annotations

import pytest

from actions.messages.aspects import aspects, passages_on
from actions.messages.follow_up_parser import Kind, as_follow_up
from core.entry import Chapter, Entry, TextBlock

ENTRY = Entry(
    id="F1",
    collection="test",
    title="Passeport d'un majeur : perte",
    introduction="Déclarez la perte.",
    body=(
        Chapter(heading="Pièces à fournir", body=(TextBlock(markdown="Une photo et un justificatif."),)),
        Chapter(heading="Coût", body=(TextBlock(markdown="Il coûte 86 €."),)),
        Chapter(heading="Délai de fabrication", body=(TextBlock(markdown="Comptez 3 semaines. Le guichet vous appelle."),)),
        Chapter(heading="Sanctions", body=(TextBlock(markdown="Une amende de 1 500 €."),)),
    ),
)


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("combien ça coûte ?", "cost"),
        ("ça va me coûter combien", "cost"),
        ("c'est gratuit ?", "cost"),
        ("merci, et le prix ?", "cost"),
        ("how much is it?", "cost"),
        ("c'est combien ?", "amount"),
        ("où ça ?", "place"),
        ("où est-ce que je dois aller ?", "place"),
        ("where do I go?", "place"),
        ("quels papiers ?", "documents"),
        ("il faut quoi comme papiers", "documents"),
        ("ça prend combien de temps ?", "delay"),
        ("et le délai", "delay"),
        ("c'est valable combien de temps", "validity"),
        ("et en ligne ?", "online"),
        ("qui peut en bénéficier ?", "eligibility"),
        ("comment faire ?", "procedure"),
        ("comment l'obtenir ?", "procedure"),
        ("et si la mairie refuse ?", "appeal"),
        ("à quel âge ?", "age"),
        ("c'est quoi les sanctions ?", "sanctions"),
        ("il risque quoi ?", "sanctions"),
        ("¿y cuánto cuesta?", "cost"),
        ("كم يكلف؟", "cost"),
        ("¿Dónde?", "place"),
        ("¿qué documentos necesito?", "documents"),
        ("¿y cuánto tiempo?", "delay"),
    ],
)
def test_what_is_asked_of_the_page(text: str, aspect: str) -> None:
    found = as_follow_up(text, ENTRY)
    assert (found.kind, found.aspect and found.aspect.name, found.unexplained_terms) == (Kind.ASPECT, aspect, frozenset())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("et pour un mineur ?", Kind.SITUATION),
        ("et à l'étranger ?", Kind.SITUATION),
        ("et si j'habite à Londres", Kind.SITUATION),
        ("finalement je suis majeur", Kind.SITUATION),
        ("and for a child?", Kind.SITUATION),
        ("je n'ai pas compris", Kind.EXPLAIN),
        ("c'est pas clair", Kind.EXPLAIN),
        ("plus de détails", Kind.MORE),
        ("tell me more", Kind.MORE),
    ],
)
def test_other_ways_of_going_on(text: str, kind: Kind) -> None:
    found = as_follow_up(text, ENTRY)
    assert (found.kind, found.unexplained_terms) == (kind, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "combien coûte une carte grise ?",
        "quels papiers pour se marier ?",
        "comment faire pour divorcer ?",
        "carte grise",
        "ai-je droit à la retraite ?",
        "et pour contester un refus de visa ?",
        "et pour un don ?",
        "quels sont les délais de préavis pour un appartement ?",
    ],
)
def test_what_names_something_else_leaves_a_rest(text: str) -> None:
    assert as_follow_up(text, ENTRY).unexplained_terms


@pytest.mark.parametrize(
    ("aspect", "heading"),
    [("cost", "Coût"), ("documents", "Pièces à fournir"), ("delay", "Délai de fabrication"), ("sanctions", "Sanctions")],
)
def test_the_passage_that_speaks_of_it_comes_first(aspect: str, heading: str) -> None:
    orders = passages_on(ENTRY, aspects()[aspect])
    assert [chapter.heading for chapter in ENTRY.body if isinstance(chapter, Chapter)][orders[0] - 1] == heading


def test_what_the_page_does_not_speak_of() -> None:
    assert passages_on(ENTRY, aspects()["online"]) == []
