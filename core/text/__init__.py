"""Pure functions on text that several packages need: the one home of accents, SMS writing, yes and no.

``folding`` and ``slang`` are loaded by Rasa, too: they import nothing but the standard library of Python 3.11.
"""
