"""What a snapshot keeps of entries' words: their terms, analysed once, and BM25 over them."""
