"""The simulated providers, one file each: how each calls us, and the part of its API that we call."""
