"""Embedding models: where they come from, and how texts become unit vectors."""
