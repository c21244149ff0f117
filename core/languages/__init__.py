"""Which language a message is written in."""

LANGUAGES = ("fr", "en")  # in which everything is said
