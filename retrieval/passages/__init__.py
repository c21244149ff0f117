"""Chooses the part of a page that answers, its passage and its sentences."""
