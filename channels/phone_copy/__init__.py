"""An answer of the website sent to a telephone at the citizen's wish (docs/adr/0019).

Asked for, then the number, then a confirmation; the number is kept encrypted, and no longer than that takes.
"""
