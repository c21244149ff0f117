"""Turns a message into a query: spelling, synonyms, other languages."""
