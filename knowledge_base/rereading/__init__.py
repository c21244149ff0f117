"""Sources that the running service re-reads by itself: schedule, what a reading may change, outcome and publication."""
