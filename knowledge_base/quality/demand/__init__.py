"""Unanswered demand: questions without an answer are found, grouped by subject, named, acted on, and watched afterwards."""
