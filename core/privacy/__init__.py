"""Privacy: masking of numbers that identify people, telephone numbers at rest, logs without texts."""
