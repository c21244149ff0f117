"""Review: people judge a sample of each day's replies; their verdicts become questions, wordings and tasks."""
