"""Retrieval: from a citizen's words to ranked entries with a confidence. Imports no sibling but ``core``."""
