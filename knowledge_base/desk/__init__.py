"""The editor's desk: each folder is a part (see ``desk``)."""
