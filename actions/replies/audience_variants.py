"""Pages with the same content for two situations: "… d'un majeur : en cas de perte", "… d'un mineur : en cas de perte".

Of 668 questions (service_public_dev, code_du_travail_dev, the project's own), 31 without a sure answer have twins in the
first two places. One of the two is right for 26 (.84; of sure answers .77 to .81 are right), the first for 20.
"""

from actions.situation.matching import borne_out
from actions.situation.reading import Facets, demanded, without_facts
from retrieval.terms.analysis import terms

_ALIKE = 0.5  # share of the words that both titles have in common, without the words of their situations


def are_twins(first: str, second: str) -> bool:
    """Decides whether the titles differ by the situation that they are meant for, and by little else."""
    one, other = demanded(first), demanded(second)
    shared = one.keys() & other.keys()
    apart = [facet for facet in shared if not one[facet] & other[facet]]
    words, others = set(terms(without_facts(first))), set(terms(without_facts(second)))
    return len(apart) == 1 and len(words & others) >= _ALIKE * len(words | others)


def meant(titles: tuple[str, str], facts: Facets) -> int:
    """Returns the number of the twin for a citizen with these ``facts``: the first, unless only the second fits."""
    fits = [borne_out(demanded(title), facts) for title in titles]
    return 1 if fits == [False, True] else 0
