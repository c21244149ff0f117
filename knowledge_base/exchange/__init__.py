"""Import and export of the knowledge base: the whole as one file, spreadsheets, web pages, structured data."""
