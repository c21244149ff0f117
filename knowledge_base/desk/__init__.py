"""The editor's desk. Each folder is a part (see ``desk``)."""
