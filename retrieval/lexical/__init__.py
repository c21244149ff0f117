"""The lexical side: French text analysis and a BM25 index for each field."""
