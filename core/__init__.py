"""Code that all parts of Guichet share. It imports none of the other packages."""
