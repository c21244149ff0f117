"""Snapshots on storage that several machines share: one machine builds a snapshot, the others fetch it."""
