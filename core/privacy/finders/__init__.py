"""Finders of data that identifies people, one file per kind. A finder takes a text and yields the positions of such data."""
