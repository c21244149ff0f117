"""Golden questions: stored with the entries, asked at each publication, and measured by ``./guichet eval retrieval golden``."""
