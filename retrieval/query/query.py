"""A citizen's message as a query: in the spelling of the pages, with the pages' words added to the citizen's."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.query.slips import once
from retrieval.query.spelling import Vocabulary
from retrieval.query.synonyms import Match, Synonyms
from retrieval.terms.analysis import Token, fold, normal, term, terms, tokens, words

# Weight chosen on the project's own questions and service_public_dev: R@5 of the whole search .696 without the list, .720 with
# .4 (own questions); .808 and .815 (service_public_dev). A greater weight costs R@1 on cnil_dev: an administration's own words
# are not those of this list. Spelling: R@5 of service_public_dev with slips .748 → .808, SMS writing .795 → .815, everything at
# once .728 → .801.
ADDED_WEIGHT = 0.4
# Shares of unknown words from which a message is hardly French: of all its words (FOREIGN), and of those that no slip explains
# (_UNEXPLAINED, once _DOUBTFUL of all are unknown). Of 1,248 French questions with slips, three exceed them; of 95 questions in
# other languages 75, and little words distinguish the other 20 from French.
FOREIGN = 0.6
_UNEXPLAINED = 0.2
_DOUBTFUL = 0.38
# "1" for "un" ("g perdu 1 papier"): of the loss with SMS writing (R@5 .007) it restores nearly all.
_ONE = re.compile(r"(?<![\w.,/°-])1 (?=[a-zà-ÿ]{4})")
# "g perdu", but not a weight ("200 g de"), nor a thing named by a letter: "dpe g location", "classes f et g".
_LETTERED = ("dpe", "classe", "classé", "classee", "classée", "lettre", "visa", "type", "[a-f] et", "[a-f] ou", "[a-f] à")
_NO_LETTER = "".join(rf"(?<!\b(?i:{before}) )" for before in _LETTERED)
_HAVE = re.compile(rf"(?<![\w'.,/])(?<!\d ){_NO_LETTER}g (?=[a-zà-ÿ1])")
_SHOUTED = 0.6  # share of capital letters: the encoder has seen few texts in capitals


@dataclass(frozen=True)
class Query:
    """A query. ``text`` is embedded; ``terms`` are the message's terms in order; ``added`` are the terms that the pages use for
    it.
    """

    text: str
    terms: list[str]
    added: frozenset[str] = frozenset()

    @property
    def weights(self) -> dict[str, float]:
        """Returns the query for the lexical index: each term with its count, and the added terms with ``ADDED_WEIGHT``."""
        return {**dict.fromkeys(self.added, ADDED_WEIGHT), **{name: float(n) for name, n in Counter(self.terms).items()}}


def analyse(message: str, vocabulary: Vocabulary, synonyms: Synonyms) -> Query:
    """Returns the query of a message in any language. A message that is hardly French is not changed."""
    text = _spoken(normal(message))
    found = tokens(text)
    mended = _replace(text, found, synonyms.spellings(_once([token.word for token in found], vocabulary, synonyms)))
    found = tokens(mended)
    spelled = [token.word for token in found]
    strange = _strange(spelled, vocabulary)
    if len(found) > 3 and strange > FOREIGN:
        return Query(text, terms(text))
    corrected = vocabulary.correct(spelled)
    if len(found) > 3 and strange > _DOUBTFUL and _strange(corrected, vocabulary) > _UNEXPLAINED:
        return Query(text, terms(text))
    text = mended
    listed = [] if corrected == spelled else synonyms.matches(spelled)
    corrected = _as_listed(spelled, corrected, set(listed).difference(synonyms.matches(corrected)))
    slips = [Match(at, at + 1, (right,)) for at, right in enumerate(corrected) if right != found[at].word]
    text = _replace(text, found, slips)
    spelled = words(text)
    own = [made for word in spelled if (made := term(word))]
    meant = (phrase for match in (*listed, *synonyms.matches(spelled)) for phrase in match.means)
    return Query(text, own, frozenset(made for phrase in meant for made in terms(phrase)) - set(own))


def _once(found: list[str], vocabulary: Vocabulary, synonyms: Synonyms) -> list[str]:
    """Returns ``found`` with doubled letters made single where that gives an abbreviation ("cmtt", "prr")."""
    single = {word: once(word) for word in found if not vocabulary.sound(word)}
    known = {word for word, made in single.items() if made != word and synonyms.spellings([made])}
    return [single[word] if word in known else word for word in found]


def _as_listed(spelled: list[str], corrected: list[str], listed: Iterable[Match]) -> list[str]:
    """Returns ``corrected``, but with the ``spelled`` form of words that are ``listed`` in that form only: "stc" is no slip of
    "etc".

    Added accents stay. So does a correction to the very words of the list: "permi de conduire" is listed, too.
    """
    said = {term(word) for word in corrected}
    kept = list(corrected)
    for match in listed:
        if not any(said.issuperset(terms(phrase)) for phrase in match.means):
            for at in range(match.start, match.end):
                kept[at] = kept[at] if fold(kept[at]) == fold(spelled[at]) else spelled[at]
    return kept


def _strange(found: list[str], vocabulary: Vocabulary) -> float:
    """Returns the share of words that are in neither the pages nor a dictionary."""
    return sum(not vocabulary.sound(word) for word in found) / max(len(found), 1)


def _spoken(text: str) -> str:
    letters = [character for character in text if character.isalpha()]
    text = text.lower() if sum(map(str.isupper, letters)) > _SHOUTED * len(letters) else text
    return _HAVE.sub("j'ai ", _ONE.sub("un ", text))


def _replace(text: str, found: list[Token], matches: Iterable[Match]) -> str:
    """Returns ``text`` with the words of each match replaced by its first meaning."""
    parts, at = [], 0
    for match in matches:
        parts += [text[at : found[match.start].start], match.means[0]]
        at = found[match.end - 1].end
    return "".join((*parts, text[at:]))
