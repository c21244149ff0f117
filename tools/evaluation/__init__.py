"""Evaluations as a product: sessions, tables, charts and reports around ``retrieval.evaluation``."""
