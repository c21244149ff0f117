"""A spreadsheet as a source: CSV or XLSX, with the names of its columns in one of the first rows."""
