"""Training, with its data: the encoder, the small models and weights used with it, and lists made by a program.

Only ``train``, ``index calibrate``, ``kb twins`` and ``privacy words`` need it. Their results are committed, or stay in the
state folder.
"""
