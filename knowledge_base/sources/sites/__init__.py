"""The pages of a web site as a source: found by its sitemap, fetched safely, and read as questions and answers."""
