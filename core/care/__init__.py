"""Detects messages about a person in danger, without any model: it must work when everything else is down."""

from core.care.detector import Alert, Care, CareDetector, Since, load_detector, told
from core.care.meaning import Asked, Meant, by_meaning, sentences_of, to_ask

__all__ = [
    "Alert",
    "Asked",
    "Care",
    "CareDetector",
    "Meant",
    "Since",
    "by_meaning",
    "load_detector",
    "sentences_of",
    "to_ask",
    "told",
]
