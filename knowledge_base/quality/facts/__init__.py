"""Facts that a publication changes, and the answers of the last days that stated the old ones."""
