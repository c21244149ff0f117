"""The commands of ``./guichet bench``."""
