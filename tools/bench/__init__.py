"""Measures a running service: latency of a turn and of its parts, throughput, memory. All of one report is from one run."""
