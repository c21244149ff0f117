"""Pure functions on text that several packages need: accents, SMS writing, yes and no.

Rasa loads ``folding`` and ``slang`` too: they import only the standard library of Python 3.11.
"""
