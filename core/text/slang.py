"""SMS writing and its meaning: folded words (lower case, mostly without accents). Rasa loads it too (Python 3.11).

The dialogue's classifier uses ``DIALOGUE``, the patterns of danger use ``DANGER``; ``BOTH`` is part of each. A new word
belongs in ``BOTH``, unless one of the two would confuse it with another word.

Not here: synonyms of the search (``retrieval/query/synonyms.yml``, which editors see and may change), and patterns that
depend on neighbouring words (``actions/messages/plain_words.yml``).
"""

BOTH = {
    "g": "j ai", "jai": "j ai", "chui": "je suis", "chuis": "je suis", "jsui": "je suis", "jsuis": "je suis",
    "ya": "il y a", "c": "c est", "k": "que", "keske": "qu est ce que", "pk": "pourquoi", "pr": "pour", "mn": "mon",
    "qd": "quand", "tt": "tout", "tjr": "toujours", "tjrs": "toujours", "bcp": "beaucoup", "qqn": "quelqu un",
    "kelkun": "quelqu un", "rn": "rien", "ds": "dans", "o": "au", "mm": "meme", "mtn": "maintenant", "jveux": "je veux",
    "jve": "je veux", "ve": "veux", "u": "you",
}  # fmt: skip

DIALOGUE = BOTH | {
    "bjr": "bonjour", "bsr": "bonsoir", "slt": "salut", "stp": "s il te plait", "svp": "s il vous plait", "pls": "please",
    "plz": "please", "mrc": "merci", "mci": "merci", "pq": "pourquoi", "ts": "tous", "tjs": "toujours",
    "kelqun": "quelqu un", "qqch": "quelque chose", "kelke": "quelque", "av": "avec", "avc": "avec", "ac": "avec",
    "vs": "vous", "ns": "nous", "msg": "message", "rdv": "rendez vous", "tel": "telephone", "num": "numero",
    "auj": "aujourd hui", "dc": "donc", "cb": "combien", "cmt": "comment", "koman": "comment", "comen": "comment",
    "coman": "comment", "dmd": "demande", "tps": "temps", "ct": "c etait", "yatil": "y a t il", "t": "t es",
    "esk": "est ce que", "eske": "est ce que", "es": "est", "kes": "qu est", "kesk": "qu est ce que", "jveu": "je veux",
    "jvx": "je veux", "pe": "peux", "jpe": "je peux", "fo": "faut", "e": "et", "d": "de", "l": "le", "thx": "thanks",
}  # fmt: skip

DANGER = BOTH | {
    "ge": "j ai", "gé": "j ai", "jaie": "j ai", "javai": "j avais", "javais": "j avais", "jen": "j en", "jetais": "j etais",
    "jarrive": "j arrive", "jariv": "j arrive", "jaimerais": "j aimerais", "ss": "suis", "suii": "suis",
    "yavait": "il y avait", "cé": "c est", "ces": "ces", "ki": "qui", "ke": "que", "pa": "pas", "plu": "plus", "pu": "plus",
    "kan": "quand", "kand": "quand", "qlq": "quelque", "é": "est", "svp": "svp", "dors": "dors", "jvé": "je veux",
    "vé": "veux", "veu": "veux", "peu": "peux", "vai": "vais", "vé s": "vais", "envi": "envie", "fé": "fais", "im": "i am",
    "ive": "i have", "dont": "do not", "cant": "can not", "wanna": "want to", "xq": "porque",
}  # fmt: skip
