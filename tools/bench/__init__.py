"""Measures a running service: latency of a turn and of its parts, throughput, memory. All figures of a report come from one
run.
"""
