"""What a citizen says of their situation, and which case of an entry it is. Pure functions; the words are in the YAML files.

Measured by ``tests/evaluation/test_situations.py``: of the facts read .96 are right, of those said .83 are read (sealed half).
"""
