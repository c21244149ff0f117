"""Training of the scope model, which separates questions for an administration from other messages."""
