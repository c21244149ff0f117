"""Recognising messages about a person in danger, without any model: what must work when everything else is down."""

from core.care.detector import Alert, Care, CareDetector, Since, load_detector, told

__all__ = ["Alert", "Care", "CareDetector", "Since", "load_detector", "told"]
