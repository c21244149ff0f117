"""What citizens have after the first reply: its contents, judged by grades of pages and by facts."""
