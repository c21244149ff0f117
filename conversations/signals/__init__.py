"""The uses of Redis: wake-ups, news, counters. Nothing in it is needed for correctness."""
