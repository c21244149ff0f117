"""Dense search: the embedded texts of an entry, their vectors, and the FAISS indexes."""
