"""From a citizen's wish for a human to the supervisor's answer: the record, its changes by turns, and by supervisors.

Every change locks the conversation's row first, as every reply does, so that a claim and a bot's reply never overlap.
"""
