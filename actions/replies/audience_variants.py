"""Pages that say the same of two situations: "… d'un majeur : en cas de perte", "… d'un mineur : en cas de perte".

Of 668 questions (service_public_dev, code_du_travail_dev, the project's own), 31 that no page answers surely enough have twins
in the first two places. One of both is right for 26 (.84; of the answers that are sure enough .77 to .81 are), the first
for 20.
"""

from __future__ import annotations

from actions.situation.matching import borne_out
from actions.situation.reading import Facets, demanded, without_facts
from retrieval.lexical.analysis import terms

_ALIKE = 0.5  # share of the words of both titles that they have in common, the situation's own apart


def are_twins(first: str, second: str) -> bool:
    """Decides whether these titles differ by the situation that they are meant for, and by little else."""
    one, other = demanded(first), demanded(second)
    shared = one.keys() & other.keys()
    apart = [facet for facet in shared if not one[facet] & other[facet]]
    words, others = set(terms(without_facts(first))), set(terms(without_facts(second)))
    return len(apart) == 1 and len(words & others) >= _ALIKE * len(words | others)


def meant(titles: tuple[str, str], facts: Facets) -> int:
    """Returns which of two twins a citizen of whom ``facts`` are known means: the first, unless only the other fits."""
    fits = [borne_out(demanded(title), facts) for title in titles]
    return 1 if fits == [False, True] else 0
