"""What citizens have in hand after the first reply: its contents, judged by grades of pages and by facts."""
