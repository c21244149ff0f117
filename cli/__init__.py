"""The composition root: every command of ``./guichet``, and the code that starts and stops the processes."""
