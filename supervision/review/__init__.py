"""Review: a sample of each day's replies is judged by people, and what they find becomes questions, wordings and tasks."""
