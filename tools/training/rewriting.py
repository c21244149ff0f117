"""Rewrites sentences of the pages as citizens might write them: first person, openings, haste, slips.

Pages say "vous devez", citizens "je dois"; pages have accents and full words. A training query keeps the subject and loses the
administrative style. Its grammar need not be perfect, as with citizens.
"""

from __future__ import annotations

import random
import re

from core.text.folding import unaccented

_VERBS = {
    "êtes": "suis",
    "avez": "ai",
    "devez": "dois",
    "pouvez": "peux",
    "voulez": "veux",
    "faites": "fais",
    "recevez": "reçois",
    "vivez": "vis",
    "partez": "pars",
    "percevez": "perçois",
    "obtenez": "obtiens",
    "prenez": "prends",
    "vendez": "vends",
    "perdez": "perds",
    "choisissez": "choisis",
    "remplissez": "remplis",
    "bénéficiez": "bénéficie",
    "serez": "serai",
    "aurez": "aurai",
    "devrez": "devrai",
    "pourrez": "pourrai",
    "étiez": "étais",
    "aviez": "avais",
}
_SUBJECT = re.compile(r"\bvous (ne |n'|en |y )?(\w+)\b", re.IGNORECASE)
_INVERTED = re.compile(r"\b(\w+ez|êtes|faites)-vous\b", re.IGNORECASE)
_JE = re.compile(r"\bje (?=[aeéèêiouy])", re.IGNORECASE)
_FEMININE = re.compile(r"\b(?:votre) (?=\w+(?:tion|té|ance|ence|ure|ette|elle|ère|ille|ie|ise|resse)\b)", re.IGNORECASE)

OPENINGS = (
    "Bonjour, ",
    "bonjour ",
    "Bonsoir, ",
    "Bonjour Madame, Monsieur, ",
    "Bonjour, je vous écris car ",
    "Bonjour, une question : ",
    "svp ",
    "slt ",
    "Pouvez-vous me dire si ",
    "je voudrais savoir : ",
    "je ne comprends pas, ",
    "c'est urgent ",
    "on m'a dit que ",
    "j'ai un problème : ",
    "je n'arrive pas à trouver, ",
)
CLOSINGS = (
    " que dois-je faire ?",
    " comment faire ?",
    " comment je fais ?",
    " est-ce possible ?",
    " est-ce normal ?",
    " ai-je le droit ?",
    " à qui m'adresser ?",
    " quels papiers faut-il ?",
    " merci",
    " merci d'avance pour votre réponse",
    " Cordialement",
    " ça marche comment ?",
    " quelles sont les démarches ?",
)
_SHORT = {
    "bonjour": "bjr",
    "pour": "pr",
    "dans": "ds",
    "quand": "qd",
    "que": "ke",
    "qui": "ki",
    "c'est": "c",
    "vous": "vs",
    "nous": "ns",
    "tout": "tt",
    "toujours": "tjs",
    "comment": "cmt",
    "pas": "pa",
    "je suis": "chui",
    "j'ai": "g",
    "est-ce que": "esk",
    "rendez-vous": "rdv",
    "beaucoup": "bcp",
    "avec": "avc",
    "sans": "ss",
    "mais": "mé",
    "dossier": "dossié",
    "papiers": "papié",
}
_SOUNDS = (
    ("er ", "é "),
    ("ait ", "ai "),
    ("ph", "f"),
    ("ss", "s"),
    ("nn", "n"),
    ("mm", "m"),
    ("tt", "t"),
    ("eau", "o"),
    ("ent ", "e "),
    ("qu", "k"),
    ("é", "er"),
    ("ç", "s"),
)


def first_person(text: str) -> str:
    """Returns the text in the first person: "Vous avez perdu votre passeport" → "j'ai perdu mon passeport"."""

    def subject(found: re.Match[str]) -> str:
        return f"je {found[1] or ''}{_first(found[2])}"

    text = text.replace("’", "'")
    text = _INVERTED.sub(lambda found: f"{_first(found[1])}-je", text)
    text = _SUBJECT.sub(subject, text)
    text = _JE.sub("j'", text)
    text = _FEMININE.sub("ma ", text)
    text = re.sub(r"\bvotre\b", "mon", text, flags=re.IGNORECASE)
    return re.sub(r"\bvos\b", "mes", text, flags=re.IGNORECASE)


def _first(verb: str) -> str:
    known = _VERBS.get(verb.lower())
    if known:
        return known
    return re.sub(r"ez$", "e", verb.lower())


def as_asked(text: str, chance: random.Random) -> str:
    """Returns ``text`` as a message; each change has its own probability."""
    if chance.random() < 0.7:
        text = first_person(text)
    if chance.random() < 0.3:
        text = text.rstrip(" .;:") + chance.choice(CLOSINGS)
    if chance.random() < 0.3:
        text = chance.choice(OPENINGS) + text
    if chance.random() < 0.3:
        text = noisy(text, chance)
    return text


def noisy(text: str, chance: random.Random) -> str:
    """Returns a hasty text: lower or upper case, no accents or punctuation, SMS writing, words by sound, slips."""
    if chance.random() < 0.6:
        text = text.lower()
    elif chance.random() < 0.15:
        text = text.upper()
    if chance.random() < 0.5:
        text = unaccented(text, "NFKD")
    if chance.random() < 0.4:
        for long, short in _SHORT.items():
            if chance.random() < 0.5:
                text = re.sub(rf"\b{re.escape(long)}\b", short, text)
    if chance.random() < 0.4:
        for sound, written in chance.sample(_SOUNDS, 3):
            text = text.replace(sound, written, 2)
    if chance.random() < 0.4:
        text = re.sub(r"[^\w\s]", " ", text)
    if chance.random() < 0.5:
        text = slips(text, chance, rate=0.03)
    return " ".join(text.split())


def slips(text: str, chance: random.Random, rate: float) -> str:
    """Returns the text with letters left out, doubled or swapped with the next, each with probability ``rate``."""
    letters = list(text)
    at = 0
    while at < len(letters) - 1:
        if letters[at].isalpha() and chance.random() < rate:
            kind = chance.randrange(3)
            if kind == 0:
                del letters[at]
            elif kind == 1:
                letters.insert(at, letters[at])
                at += 1
            else:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
                at += 1
        at += 1
    return "".join(letters)
