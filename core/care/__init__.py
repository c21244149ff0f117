"""Recognising messages about a person in danger, without any model: what must work when everything else is down."""

from core.care.detector import Alert, Care, CareDetector, Since, load_detector, told
from core.care.doubt import doubtful_sentences

__all__ = ["Alert", "Care", "CareDetector", "Since", "doubtful_sentences", "load_detector", "told"]
