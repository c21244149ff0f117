"""From a citizen's wish for a human to the supervisor's answer: the record, what turns do to it, and the supervisor's moves.

Every change locks the conversation's row first, as every reply does: a claim and a reply of the bot never cross.
"""
