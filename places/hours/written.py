"""Opening hours as people write them ("lundi-vendredi 9h-12h30"), and as OpenStreetMap has them ("Mo-Fr 09:00-12:30"). Pure."""

import re

from places.words import folded

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_TOKENS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_OTHERS = {"fr": {"PH": "jours fériés", "off": "fermé"}, "en": {"PH": "public holidays", "off": "closed"}}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(rf"\b(\d{{4}}) ({'|'.join(_MONTHS)}) (\d{{1,2}})\b")
_WRITTEN_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_TIME = re.compile(r"\b(\d{1,2}) ?(?:[h:] ?(\d\d)?)(?!\w)")
_FILLING = re.compile(r"\b(?:de|du|les?|from|the)\b")
_READ = {
    **{token.lower(): token for token in _TOKENS},
    **{folded(day): token for days in _DAYS.values() for day, token in zip(days, _TOKENS, strict=True)},
    **dict.fromkeys(("jours feries", "jour ferie", "feries", "public holidays", "ph"), "PH"),
    **dict.fromkeys(("ferme", "fermee", "closed", "off"), "off"),
    **dict.fromkeys((" et ", " and "), ","),
    **dict.fromkeys((" au ", " a ", " to ", "–", "—"), "-"),
}
_WORDS = re.compile(
    "|".join(rf"\b{word}\b" if word.isalpha() or " j" in word else word for word in sorted(_READ, key=len)[::-1])
)


def osm_hours(text: str) -> str:
    """Returns ``text`` (a rule on each line) in OpenStreetMap's format. Unknown words stay, for ``Schedule`` to refuse."""
    lines = (line.strip(" .;") for line in re.split(r"[\n;]", text))
    return "; ".join(_rule(line) for line in lines if line)


def written_hours(hours: str, language: str) -> str:
    """Returns ``hours`` with the words of ``language``, a rule on each line; as they are where words would lose something."""
    days = _DAYS.get(language, _DAYS["en"])
    others = _OTHERS.get(language, _OTHERS["en"])
    names = {**dict(zip(_TOKENS, days, strict=True)), **others}
    text = _DATE.sub(lambda date: f"{int(date[3]):02}/{_MONTHS.index(date[2]) + 1:02}/{date[1]}", hours)
    text = re.sub(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|off)\b", lambda token: names[token[0]], text).replace("; ", "\n")
    return text if osm_hours(text) == hours else hours.replace("; ", "\n")


def _rule(line: str) -> str:
    if _DATE.search(line):  # OpenStreetMap's own
        return line
    line = " ".join(_FILLING.sub(" ", folded(line)).split())
    line = _WRITTEN_DATE.sub(
        lambda date: f"{date[3]} {_MONTHS[int(date[2]) - 1]} {int(date[1])}" if 0 < int(date[2]) <= 12 else date[0], line
    )
    line = _WORDS.sub(lambda word: _READ[word[0]], line)
    line = _TIME.sub(lambda time: f"{int(time[1]):02}:{time[2] or '00'}", line)
    return re.sub(r" ?([-,]) ?(?=\d)", r"\1", re.sub(r"(?<=[A-Za-z]) ?- ?(?=[A-Za-z])", "-", line)).strip()
