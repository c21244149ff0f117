"""Training, with its data: the encoder, and the small models and weights used with it.

Only ``train`` and ``index calibrate`` need it. Their results are committed, or stay in the state folder.
"""
