"""The content of a page in a reply: extracts, dated amounts, mini cards."""
