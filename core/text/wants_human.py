"""Decides whether a message asks to speak with a person. Used by the dialogue, and where the engine does not answer."""

from __future__ import annotations

import re

from core.unaccented import unaccented

_PERSON = (
    r"(?:quelqu ?'? ?un|quelqun|qqn|qqun|qq ?'?un|(?:un[es]? )?(?:vraie?s? |autre |seule )?(?:personnes?|gens|dame|monsieur)"
    r"|(?:etres? )?humaine?s?|agents?|conseill(?:er|ere|ers|eres)|operat(?:eur|rice)s?|standardiste|interlocut\w+|responsable"
    r"|someone|somebody|(?:a |real |actual )?(?:person|human)|advis[eo]r|representative|operator|alguien|persona)"
)
# Of these a message names the person to speak to, whatever verb stands before.
_STAFF = (
    r"(?:(?:etres? )?humaine?s?|agents?|conseill(?:er|ere|ers|eres)|operat(?:eur|rice)s?"
    r"|(?:vraie?|real) (?:personne|person|agent|gens))"
)
_SPEAK = (
    r"(?:parle[rz]?|parlerai|tchat\w{0,4}|chatter|joindre|en communication|mettre en relation|met(?:s|tez)[ -]moi"
    r"|passe[rz]?[ -]moi|me passer|transfere[rz]?|talk|speak|reach|hablar|falar)"
)
_WISH = (
    r"(?:avoir|besoin d'|je veux|voudrais|prefere\w{0,5}|souhaite\w{0,5}|sollicite|il me faut|y a[ -]t[ -]il|y a|ya"
    r"|donne[rz]?[ -]moi|discuter|echanger|appeler|telephoner|entretien|entretenir|want|need|prefer)"
)
_NO_WISH = r"(?:(?!\b(?:devenir|etre|embauch\w+|poste|metier|concours|faux|fausse)\b)[^.!?;]){0,14}?"
# "Je veux parler à quelqu'un", "un humain svp", "il y a quelqu'un ?", "passez-moi un agent".
_ASKS = re.compile(rf"\b{_SPEAK}\b[^.!?;]{{0,30}}?\b{_PERSON}\b|\b{_WISH}{_NO_WISH}\b{_STAFF}\b")
_ALONE = re.compile(
    r"^\W*+(?:s'il (?:vous|te) plait|svp|bonjour|allo|please)?\W*+(?:un[e]? |des |a )?"
    rf"(?:{_STAFF}|quelqu ?'? ?un|qqn|qqun|someone|somebody|human)(?:svp|stp|vite|please|\W)*+$"
)
_ANYBODY = re.compile(
    r"^\W*+(?:allo\W++)?(?:y a[ -]t[ -]il|il y a|y a|ya|is there|hay) (?:pas |plus )?"
    r"(?:quelqu ?'? ?un|qqn|qqun|un humain|anybody|anyone|someone|alguien)\b[^.!]{0,20}$"
)
_HUMAN = re.compile(r"^\W*+(?:besoin d?'?)?\W*+(?:aide|assistance|contact|reponse) humaine?\W*+$")
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
    return any(pattern.search(asked) for pattern in (_ASKS, _ALONE, _ANYBODY, _HUMAN))
