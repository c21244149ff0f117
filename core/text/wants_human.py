"""Decides whether a message asks to speak with a person. Used by the dialogue, and where the engine does not answer."""

from __future__ import annotations

import re

from core.unaccented import unaccented

_PERSON = (
    r"(?:quelqu ?'? ?un|quelqun|kelk(?:'?un|1)|qqn|qqun|qq ?'?un"
    r"|(?:un[es]? )?(?:vraie?s? |autre |seule )?(?:personnes?|gens|dame|monsieur)"
    r"|(?:etres? )?humaine?s?|agents?|conseill(?:er|ere|ers|eres)|operat(?:eur|rice)s?|standardiste|interlocut\w+|responsable"
    r"|someone|somebody|(?:a |real |actual )?(?:person|human)|advis[eo]r|representative|operator|alguien|persona)"
)
# Of these a message names the person to speak to, whatever verb stands before.
_STAFF = (
    r"(?:(?:etres? )?humaine?s?|agents?|conseill(?:er|ere|ers|eres)|operat(?:eur|rice)s?"
    r"|(?:vraie?|real) (?:personne|person|agent|gens))"
)
_SPEAK = (
    r"(?:parle[rz]?|parlerai|tchat\w*|chatter|joindre|en communication|mettre en relation|met(?:s|tez)[ -]moi|passe[rz]?[ -]moi"
    r"|me passer|transfere[rz]?|talk|speak|reach|hablar|falar)"
)
_WISH = (
    r"(?:avoir|besoin d'|je veux|voudrais|prefere\w*|souhaite\w*|sollicite|il me faut|y a[ -]t[ -]il|y a|ya"
    r"|donne[rz]?[ -]moi|discuter|echanger|appeler|telephoner|entretien|entretenir|want|need|prefer)"
)
_NO_WISH = r"(?:(?!\b(?:devenir|etre|embauch\w+|poste|metier|concours|faux|fausse)\b)[^.!?;]){0,14}?"
# "Je veux parler à quelqu'un", "un humain svp", "il y a quelqu'un ?", "passez-moi un agent".
_ASKS = re.compile(rf"\b{_SPEAK}\b[^.!?;]{{0,30}}?\b{_PERSON}\b|\b{_WISH}{_NO_WISH}\b{_STAFF}\b")
# A sentence that names a person or a line, and nothing else: "Un agent, merci.", "Hotline ?".
_LINE = r"(?:hotline|standard(?: telephonique)?|service clients?|accueil telephonique|permanence telephonique)"
_ALONE = re.compile(
    r"(?:^|[.!?;])\W*(?:(?:s'il (?:vous|te) plait|svp|bonjour|allo|please)\W+)?(?:une? |des |l[ea'] ?|a )?"
    rf"(?:{_STAFF}|{_LINE}|quelqu ?'? ?un|qqn|qqun|someone|somebody|human)\W*(?:(?:svp|stp|vite|merci|please)\W*)*(?:$|[.!?;])"
)
# "Je souhaite m'entretenir avec une personne compétente", "être reçu par quelqu'un", "je veux parler avec l'inspecteur". Not to
# somebody of one's own ("parler à mon ex"), nor somebody whom one pays.
_I_WISH = (
    r"(?:je (?:veux|voudrais|souhait\w+|desire\w*|dois|peux|prefere\w*|demande)|j'aimerais|jveux"
    r"|peut[ -]on|puis[ -]je|on peut|qui puis[ -]je)"
)
_OTHERS = (
    r"(?:(?:mon|ma|mes|son|sa|ses|leurs?) (?!conseill|gestionnaire)|lui\b|elle\b|elles\b|eux\b"
    r"|(?:avocat|notaire|medecin|juge|huissier|banquier)s?\b)"
)
_MEETS = re.compile(
    rf"\b{_I_WISH}(?: \w+){{0,2}}? (?:(?:parle[rz]?|discuter|echanger|(?:m'|s')?entretenir) (?:avec|a|au|aux)\b"
    rf"|(?:rencontrer|etre recue?s?(?: par)?|avoir un (?:entretien|rendez[ -]?vous) avec) (?:une?|quelqu|qq|l'|le|la))"
    rf"(?! ?(?:une? |l'|le |la )?{_OTHERS})"
    rf"|\bdemander\b[^.!?;]{{0,20}}\b(?:a|avec) {_PERSON}\b"
    rf"|\b(?:qui|parler|veux|voudrais)\b[^.!?;]{{0,60}}\b(?:de vive voix|en face de moi|en chair et en os)\b"
)
_ANYBODY = re.compile(
    r"^\W*(?:allo\W+)?(?:y a[ -]t[ -]il|il y a|y a|ya(?:[ -]?t[ -]?il)?|is there|hay) (?:pas |plus )?"
    r"(?:quelqu ?'? ?un|kelk(?:'?un|1)|qqn|qqun|un humain|anybody|anyone|someone|alguien)\b[^.!]{0,40}$"
)
_HUMAN = re.compile(r"^\W*(?:besoin d?'?)?\W*(?:aide|assistance|contact|reponse) humaine?\W*$")
# What names a person and is about something else: a care worker, somebody's right, an employee of one's own.
_ABOUT = re.compile(
    r"\b(?:personnes? (?:agee?s?|handicapee?s?|a charge|de confiance|morale|physique|qui|seule|isolee?|disparue|majeure)"
    r"|agents? (?:public|immobilier|de securite|de la fonction|commercial|contractuel|municipal|administratif|titulaire)"
    r"|conseillers? (?:municipa\w+|prud\w+|departementa\w+|regiona\w+|conjuga\w+|d'etat)|tierce personne"
    r"|droits? humains?|ressources humaines|sciences humaines|corps humain|personne ne\b"
    r"|employee? (?:de maison|a domicile|familial))"
)

# Somebody else who wants to speak, whom to call in a case, an appointment that was received: questions for the pages.
_OF_OTHERS = re.compile(
    r"\b(?:numero|quand une|si une|convoque\w*)\b"
    r"|\b(?:mon|ma) (?:amie?|fils|mari|pere|frere|voisine?|fille|femme|mere|soeur)\b[^.!?]{0,60}\b(?:veut|voudrait|souhaite)\b"
)


def wants_human(text: str) -> bool:
    """Returns whether ``text`` asks for a person to speak to, in French, or in the plainest words of other languages."""
    folded = unaccented(text.lower().replace("’", "'"), "NFKD")
    if _OF_OTHERS.search(folded):
        return False
    asked = _ABOUT.sub(" ", folded)
    return any(pattern.search(asked) for pattern in (_ASKS, _MEETS, _ALONE, _ANYBODY, _HUMAN))
