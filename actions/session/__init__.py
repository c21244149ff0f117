"""One turn about an entry: what is remembered, what is shown, what was shown before."""
