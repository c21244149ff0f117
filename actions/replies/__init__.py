"""What a reply shows of a page: extracts, dated amounts, mini cards."""
