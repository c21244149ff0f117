"""Additions to a turn that a step has ended: to its blocks, as messages before it, or at its commit."""
