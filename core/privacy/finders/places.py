"""Number plates and postal addresses."""

import re
from collections.abc import Iterator

_L = "[A-HJ-NP-TV-Z]"  # no I, O, U on French plates
_PLATE = re.compile(rf"(?<![\w-]){_L}{{2}}([ -]?)\d{{3}}\1{_L}{{2}}(?![\w-])", re.IGNORECASE)
_OLD_PLATE = re.compile(r"(?<![\w-])\d{2,4}([ -]?)([A-Z]{2,3})\1(?:\d{2}|2[AB]|97\d)(?![\w-])", re.IGNORECASE)
_MEASURE = re.compile(r"^(?:de|du|le|la|en|et|au) | (?:kg|km|cm|mm|ml|et|en|ce|je|le|la|de|du)$", re.IGNORECASE)  # "de 750 kg"
# Between two numbers they are words, no part of an old plate: "deux voitures, de 10 et 16 ans", "du 20 au 25", "12 mai 25".
_BETWEEN_NUMBERS = frozenset(
    ("et", "ou", "au", "aux", "de", "du", "en", "la", "le", "les", "par", "sur", "mai", "km", "kg", "cv", "ans")
)
_PLATE_WORDS = re.compile(r"plaque|immatricul|v[ée]hicule|voiture|moto|scooter|carte grise|camion|remorque", re.IGNORECASE)

_NUMBER = r"(?<![\w*/°.-])\d{1,4}(?: ?(?:bis|ter|quater|[A-Da-d])\b)?,? "
_SURE = (
    r"rue|r\.|avenue|ave?\.?|boulevard|bo?u?lvd|bd\.?|impasse|imp\.|all[ée]es?|chemin|ch\.|square|lotissement|faubourg|sentier|"
    r"hameau|ruelle|esplanade|rond[- ]point|lieu[- ]dit|mont[ée]e|promenade"
)
_UNSURE = r"place|quai|route|cours|passage|r[ée]sidence|villa|voie|cit[ée]|mail|clos"
_WORD = r"[^\W\d_][\w'’.-]*"
# A street's name has at most six words, including numbers of years and days ("rue du 8 mai 1945").
_STOP = (
    r"(?!(?:et|à|a|depuis|mais|pour|que|qui|quoi|je|j['’]|est|c['’]est|comment|où|ou|quel|quelles?|quels|dans|avec|donc|car|svp|merci|mon|ma|mes|"
    r"il|elle|on|nous|puis|j|y|ne|n['’]|dois|faut|peut|sans|en|quand|bonjour|s['’]il)\b)"
)
_STREET_NAME = rf"(?: (?:{_STOP}(?:{_WORD}|\d{{1,4}}(?!\d))))" + "{1,6}"
_TOWN = rf"(?:,? ?\d{{5}}(?: {_STOP}{_WORD}(?:[- ]{_STOP}[A-ZÀ-Þ][\w'’-]*){{0,3}})?)?"
_ADDRESS = re.compile(rf"{_NUMBER}(?:{_SURE})(?={_STREET_NAME}){_STREET_NAME}{_TOWN}", re.IGNORECASE)
_ADDRESS_UNSURE = re.compile(rf"{_NUMBER}(?:{_UNSURE}){_STREET_NAME}{_TOWN}", re.IGNORECASE)
_POSTCODE = re.compile(r"\b\d{5}\b")
_LIVES = re.compile(r"habit|adresse|domicil|demeur|log[ée] |d[ée]m[ée]nag|[ée]cole pour|situ[ée]e? ", re.IGNORECASE)
_BUILDING = re.compile(
    r"(?:,? ?(?:appt?\.?|appartement|b[âa]t(?:iment)?\.?|escalier|[ée]tage|porte|bp) ?[A-Z]?\d{0,4})+", re.IGNORECASE
)


def find_plates(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of plates. Those with spaces ("de 100 km") need capitals or a word such as "plaque"."""
    announced = bool(_PLATE_WORDS.search(text))
    for found in _PLATE.finditer(text):
        if found.group(1) == " " and _MEASURE.search(found.group()):
            continue
        if announced or found.group(1) != " " or (found.group().isupper() and not text.isupper()):
            yield found.span()
    if announced:
        for found in _OLD_PLATE.finditer(text):
            if found.group(1) != " " or found.group(2) not in _BETWEEN_NUMBERS:
                yield found.span()


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yields the positions of addresses: number, kind of street, name, and a town after a postcode."""
    for found in _ADDRESS.finditer(text):
        yield found.start(), _on(text, found.end())
    for found in _ADDRESS_UNSURE.finditer(text):
        name = found.group().split(" ", 2)[-1]
        capital = any(word[:1].isupper() for word in name.split()[1:])
        if capital or _POSTCODE.search(found.group()) or _LIVES.search(text[max(0, found.start() - 40) : found.start()]):
            yield found.start(), _on(text, found.end())


def _on(text: str, end: int) -> int:
    more = _BUILDING.match(text, end)
    return more.end() if more and more.group().strip(" ,") else end
