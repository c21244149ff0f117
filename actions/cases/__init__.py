"""The cases of a page: finding the citizen's case, and moving between cases."""
