"""The sources of entries: one file or folder each. What they share (npm packages, archives) stands beside them."""
