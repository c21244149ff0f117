"""The whole knowledge base as one file, written and read back; published entries as structured data."""
