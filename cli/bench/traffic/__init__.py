"""Synthetic traffic: a year of a service's life from a seed, marked as the bench's (``Origin.BENCH``)."""

from cli.bench.traffic.load import load
from cli.bench.traffic.shape import Year

__all__ = ["Year", "load"]
