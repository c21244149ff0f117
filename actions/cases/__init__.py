"""The cases of a page: which one is the citizen's, and how several are shown."""
