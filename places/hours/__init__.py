"""When an office is open: pure functions of its hours and a moment."""
