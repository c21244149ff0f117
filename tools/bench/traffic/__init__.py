"""Synthetic traffic: a year of a service from a seed, marked as the benchmark's (``Origin.BENCH``)."""

from tools.bench.traffic.load import load
from tools.bench.traffic.shape import Year

__all__ = ["Year", "load"]
