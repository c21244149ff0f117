"""Training, with the data that is learned from: the encoder, and the small models and weights beside it.

Only ``train`` and ``index calibrate`` need it; what they write is committed, or stays in the state folder.
"""
