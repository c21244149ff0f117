"""The words of entries in a snapshot: their terms, analysed once, and BM25 over them."""
