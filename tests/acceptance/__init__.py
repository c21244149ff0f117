"""Attacks and faults that the service withstands, each as an outsider would try it, on loopback only.

A file holds one class of attack; docs/threat-model.md names them all. The whole folder runs in at most four minutes on two
cores: ``./guichet test tests/acceptance``. Finer tests of the same parts stand in tests/unit and tests/integration.
"""
