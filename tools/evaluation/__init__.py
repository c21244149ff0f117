"""The evaluation tools: sessions, tables, charts and reports around ``retrieval.evaluation``."""
