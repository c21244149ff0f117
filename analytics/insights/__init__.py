"""Insights: what each day came to in counts, and what is read from them. Citizens only, unless a test or a bench says."""
