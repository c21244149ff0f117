"""The parts of ``./guichet sms``."""
