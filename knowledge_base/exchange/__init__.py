"""What goes in and out of the knowledge base: the whole of it as one file, spreadsheets, web pages, structured data."""
