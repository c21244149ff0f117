"""Privacy: masks numbers that identify people, protects stored telephone numbers, and keeps citizens' texts out of logs."""
