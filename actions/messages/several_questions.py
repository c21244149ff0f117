"""The questions of one message: "faut-il changer l'adresse, et combien ça coûte ?" asks two."""

import re

MOST = 3
_LONGEST = 2_000  # characters that are looked at
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_INTERROGATIVE = "|".join(
    (
        r"(?:[àa]|de|pour|dans|avec|chez|sous) (?:qui|quoi|quel(?:le)?s?)\b",
        r"(?:jusqu'[àa]|[àa] partir de|depuis) (?:quand|quel(?:le)?s?)\b",
        r"(?:combien|où|comment|pourquoi|quel(?:le)?s?|est[- ]ce|qu'est[- ]ce|que (?:dois|faut|faire|puis))\b",
        r"ou (?:faut|dois|est|sont|puis|peut|aller)\b",
        r"\w{1,30}-(?:t-)?(?:je|tu|il|elle|on|nous|vous|ils|elles)\b",
        r"y a[- ]t[- ]il\b",
        r"(?:puis|peut|peuvent|dois|doit|doivent|faut|ai|a) (?:t )?(?:je|il|elle|on|nous|ils|elles)\b",
        r"(?:how (?:much|many|long|do|can)|when|where|which|what|can i|do i|must i)\b",
    )
)
_BEGINS = rf"(?:{_INTERROGATIVE}|(?:quand|qui)\b)"
_AND = r"(?:et|ou|mais|sinon|and|or) "
_NEXT = re.compile(rf"(?:[,;] (?:{_AND})?| {_AND})(?={_BEGINS})", re.IGNORECASE)
_ASKS = re.compile(rf"\A(?:quand|qui)\b|(?:\A|[ ,(])(?:{_INTERROGATIVE})", re.IGNORECASE)


def questions_in(message: str) -> tuple[str, ...]:
    """Returns the questions that ``message`` asks in sentences with a question mark, or without any mark, in order, at most
    ``MOST``.

    A sentence is divided before each clause that begins with an interrogative ("et combien …", ", peut-on …").
    """
    sentences = (" ".join(sentence.split()) for sentence in _SENTENCE.split(message[:_LONGEST]))
    asked = [sentence for sentence in sentences if not sentence.endswith((".", "!", "…"))]
    clauses = [clause.strip(" ?,;") for sentence in asked for clause in _NEXT.split(sentence)]
    return tuple(clause for clause in clauses if _ASKS.search(clause))[:MOST]
