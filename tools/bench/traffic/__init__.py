"""Synthetic traffic: a year of a service's life from a seed, marked as the bench's (``Origin.BENCH``)."""

from tools.bench.traffic.load import load
from tools.bench.traffic.shape import Year

__all__ = ["Year", "load"]
