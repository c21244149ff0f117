"""Insights: the counts of each day, and the figures made from them. Citizens' turns only, except in tests and benchmarks."""
