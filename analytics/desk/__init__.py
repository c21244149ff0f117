"""The parts of the staff shell (``desk``) that show figures."""
