"""Snapshots on storage that several machines share: one of them builds a snapshot, the others fetch it."""
