"""The commands of ``./guichet eval``."""
