"""Index terms: how texts and messages become words that are compared."""
