"""Shared by steps and additions: the reading of a message, replies to a danger, typed choices, the search begun early."""
