"""The lexical side: French text analysis, queries, synonyms, spelling."""
