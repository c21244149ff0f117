"""Code that all parts of Guichet share: settings, the record (SQL), entries, turns, privacy. Imports none of the other
packages.
"""
