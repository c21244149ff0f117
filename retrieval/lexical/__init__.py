"""Lexical search: French text analysis, queries, synonyms, spelling."""
