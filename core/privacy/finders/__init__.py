"""One file for each kind of thing that identifies people. A finder takes a text and yields where such things stand in it."""
