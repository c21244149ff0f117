"""The composition root: every command of ``./guichet``, and what starts and stops the processes."""
