"""The quality of the answers: golden questions, drift from week to week, and demand without an answer."""
