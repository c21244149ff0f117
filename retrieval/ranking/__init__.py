"""Ranks pages: words and meaning are added, then a fitted model reorders the first ones."""
