"""The worker's composition root: ``python -m cli.worker``."""
