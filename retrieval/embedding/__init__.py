"""Embedding models: where they come from, and how they turn texts into unit vectors."""
