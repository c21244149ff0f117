"""Decides whether a message asks to speak with a person. Used by the dialogue, and when the dialogue engine is unavailable.

Patterns are matched against the message without accents, in lower case; some against each of its sentences separately.
"""

import re

from core.text.folding import fold

_PERSON = (
    r"(?:quelqu ?'? ?un|quelqun|kelk(?:'?un|1)|qqn|qqun|qq ?'?un"
    r"|(?:un[es]? )?(?:vraie?s? |autre |seule )?(?:personnes?|gens|dame|demoiselle|monsieur)"
    r"|(?:etres? )?humaine?s?|agents?|conseill(?:er|ere|ers|eres)|operat(?:eur|rice)s?|standardiste"
    r"|interlocut\w{1,6}|responsable"
    r"|someone|somebody|(?:a |real |actual )?(?:person|human)|advis[eo]r|representative|operator|alguien|persona)"
)
# These name the person to speak to, whatever verb stands before.
_STAFF = (
    r"(?:(?:etres? )?humaine?s?|agents?|conseill(?:er|ere|ers|eres)|operat(?:eur|rice)s?"
    r"|(?:vraie?|real) (?:personne|person|agent|gens))"
)
_SPEAK = (
    r"(?:parle[rz]?|parlerai|cause[rz]?|tchat\w{0,4}|chatter|joindre|en communication|mettre en relation"
    r"|met(?:s|tez)[ -]moi|passe[rz]?[ -]moi|me passer?|transfere[rz]?|talk|speak|reach|hablar|falar)"
)
_WISH = (
    r"(?:avoir|besoin d'|je veux|voudrais|prefere\w{0,5}|souhaite\w{0,5}|sollicite|il me faut|y a[ -]t[ -]il|y a|ya"
    r"|donne[rz]?[ -]moi|discuter|echanger|appeler|telephoner|entretien|entretenir|want|need|prefer)"
)
_NO_WISH = r"(?:(?!\b(?:devenir|etre|embauch\w+|poste|metier|concours|faux|fausse)\b)[^.!?;]){0,14}?"
_LINE = r"(?:hotline|standard(?: telephonique)?|service clients?|accueil telephonique|permanence telephonique)"
_I_WISH = (
    r"(?:je (?:veux|voudrais|pourrais|souhait\w{1,5}|desire\w{0,4}|dois|peux|prefere\w{0,4}|demande)|j'aimerais|jveux"
    r"|peut[ -]on|puis[ -]je|on peut)"
)
# A person in the citizen's own life, or one whom they pay.
_OTHERS = (
    r"(?:(?:mon|ma|mes|son|sa|ses|leurs?) (?!conseill|gestionnaire)|lui\b|elle\b|elles\b|eux\b"
    r"|(?:avocat|notaire|medecin|juge|huissier|banquier)s?\b)"
)
_MEETS = (
    r"(?:(?:parle[rz]?|discuter|echanger|cause[rz]?|(?:m'|s')?entretenir) (?:avec|a|au|aux)\b"
    r"|(?:rencontrer|etre recue?s?(?: par)?|(?:avoir|obtenir) un (?:entretien|rendez[ -]?vous) avec)"
    r" (?:une?|quelqu|qq|l'|le|la))"
)
_HELPS = r"(?:regarde|lise|comprenne|explique|repond|ecoute)"
_IN_THE_MESSAGE = (
    # "Je veux parler à quelqu'un", "un humain svp", "passez-moi un agent".
    rf"\b{_SPEAK}\b[^.!?;]{{0,30}}?\b{_PERSON}\b",
    rf"\b{_WISH}{_NO_WISH}\b{_STAFF}\b",
    # "Je souhaite m'entretenir avec une personne compétente", "être reçu par quelqu'un", "je veux parler avec l'inspecteur".
    rf"\b{_I_WISH}(?: \w{{1,20}}){{0,2}}? {_MEETS}(?! ?(?:une? |l'|le |la )?{_OTHERS})",
    rf"\bdemander\b[^.!?;]{{0,20}}\b(?:a|avec) {_PERSON}\b",
    # "À qui parler de vive voix ?", "à qui m'adresser en personne ?".
    r"\b(?:qui|parler|veux|voudrais)\b[^.!?;]{0,60}\b(?:de vive voix|en face de moi|en chair et en os)\b",
    r"\b(?:adresser|aider|parler|voir|recevoir)[^.!?;]{0,25}\ben personne\b",
    # "Qu'une assistante sociale me rappelle", "transférez-moi", "donnez-moi le standard", "je veux le maire au téléphone".
    r"\b(?:qu'on|k'on|que quelqu ?'?un|[qk]u?'une? \w{1,20}(?: \w{1,20})?) (?:peut |puisse )?me (?:rapp?el|contact)\w{0,4}\b",
    r"\btransfere[rz]?[ -]moi\b|\bqu'on me passe une? ",
    rf"\b(?:donne|passe)[rz]?[ -]moi (?:le |la |l'|une? )?(?:{_LINE}|responsable|chef|maire|accueil)\b",
    r"\bje veux [^.!?;]{1,25} au (?:telephone|tel|bout du fil)\b",
    # "Stop robot", "je veux pas de toi", "pas parler à une machine".
    r"\bstop\W{1,3}(?:robots?|machines?|bots?)\b",
    r"\bveux (?:pas|plus) (?:de toi\b|(?:d'une?|parler a une?|discuter avec une?) (?:machine|robot|ordinateur|bot)\b)",
    # "Une personne qui regarde mon dossier".
    rf"\b(?:besoin|faut)\b[^.!?;]{{0,20}}\b(?:quelqu ?'?un|personne) qui (?:me |m')?{_HELPS}",
    r"\bvrai agent\b",
    # The other languages of the widget: what its own button says, and the simplest ways to ask. Arabic without its marks.
    r"(?:تحدث|تكلم|كلام)[^.!?;؟]{0,12} (?:شخص|موظف|انسان|احد|مسوول|بشر)",
    r"\b(?:hablar|falar|contactar)\b[^.!?;]{0,20}\b(?:agente|empleado|humano|alguem|pessoa|atendente)\b",
    r"\b(?:biri\w*|insan\w*|yetkili\w*|gorevli\w*)\b[^.!?;]{0,15}\b(?:konus|gorus)",
    r"(?:поговорити|говорити|зв'язатися)[^.!?;]{0,12} (?:кимось|людиною|оператором|працівником)",
)
_IN_A_SENTENCE = (
    # A message that only names a person or a line: "Un agent, merci.", "Hotline ?".
    r"(?:(?:s'il (?:vous|te) plait|svp|bonjour|allo|please)\W{1,3})?(?:une? |des |l[ea'] ?|a )?"
    rf"(?:{_STAFF}|{_LINE}|quelqu ?'? ?un|qqn|qqun|someone|somebody|human)"
    r"\W{0,3}(?:(?:svp|stp|vite|merci|please)\W{0,3})?$",
    # "Il y a quelqu'un ?", "y a quelqu'un derrière l'écran ou pas ?"; not "y a quelqu'un qui sait …".
    r"(?:allo\W{1,3})?(?:est[ -]ce qu'il )?(?:y a[ -]t[ -]il|il y a|y a|ya(?:[ -]?t[ -]?il)?|is there|hay) (?:pas |plus )?"
    r"(?:quelqu ?'? ?un|kelk(?:'?un|1)|qqn|qqun|un humain|anybody|anyone|someone|alguien)\b(?! qui\b)[^.!]{0,40}$",
    r"(?:besoin d?'?)?\W{0,3}(?:aide|assistance|contact|reponse) humaine?$",
)
# Words that name a person but have another subject: a care worker, somebody's right, the citizen's own employee.
_ABOUT = re.compile(
    r"\b(?:personnes? (?:agee?s?|handicapee?s?|a charge|de confiance|morale|physique|seule|isolee?|disparue|majeure"
    rf"|qui (?!(?:me |m')?{_HELPS}))"
    r"|agents? (?:public|immobilier|de securite|de la fonction|commercial|contractuel|municipal|administratif|titulaire)"
    r"|conseillers? (?:municipa\w+|prud\w+|departementa\w+|regiona\w+|conjuga\w+|d'etat)|tierce personne"
    r"|droits? humains?|ressources humaines|sciences humaines|corps humain|personne ne\b|\b(?:parle|dit) a personne\b"
    r"|employee? (?:de maison|a domicile|familial))"
)
# Another person who wants to speak, whom to call in a case, an appointment that was received: questions for the pages.
_OF_OTHERS = re.compile(
    r"\b(?:numero|quand une|si une|convoque\w*)\b"
    r"|\b(?:mon|ma) (?:amie?|fils|mari|pere|frere|voisine?|fille|femme|mere|soeur)\b[^.!?]{0,60}\b(?:veut|voudrait|souhaite)\b"
)
# "Pour quelqu'un sans papiers", "héberger quelqu'un": a person whom the question is about.
_SOMEBODY_ELSE = re.compile(
    r"\b(?:pour|chez|contre|sans|sur|a la place de|aider?|heberge\w*|loge\w*|garder?|embauche\w*|epouse\w*) "
    r"(?:quelqu ?'? ?un|qqn|qqun)\b"
    # "Venir avec quelqu'un", "être accompagné".
    r"|\baccompagn\w+|^(?!.*\b(?:parl|discut|echang|caus|t?chat|visio|rdv|rendez|entretenir|contact|appel|telephon|dialog|mettre))"
    r".*\bavec (?:quelqu ?'? ?un|qqn|qqun)\b"
)
_MESSAGE = re.compile("|".join(_IN_THE_MESSAGE))
_SENTENCE = re.compile("|".join(_IN_A_SENTENCE))
_SENTENCE_END = re.compile(r"[.!?;\n]")


def wants_human(text: str) -> bool:
    """Decides whether ``text`` asks to speak with a person, in French, or in the simplest words of other languages."""
    folded = fold(text, "NFKD")
    if _OF_OTHERS.search(folded):
        return False
    request = _ABOUT.sub(" ", folded)
    if _MESSAGE.search(request):
        return True
    return any(_SENTENCE.match(sentence.strip(" ,:-\"'()")) for sentence in _SENTENCE_END.split(request))


def is_about_somebody(text: str) -> bool:
    """Decides whether ``text`` is about another person, and does not ask to speak with one, although it may sound so."""
    return _SOMEBODY_ELSE.search(fold(text, "NFKD")) is not None and not wants_human(text)
