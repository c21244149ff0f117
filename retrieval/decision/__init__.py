"""The decision after a search: is a page found, does it answer, and is the message a matter for an administration?"""
