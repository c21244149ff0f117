"""Snapshots of the index: built, verified, activated, shared and followed."""
