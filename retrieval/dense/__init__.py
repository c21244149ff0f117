"""The dense side: which texts of an entry are embedded, the vectors, and their FAISS indexes."""
