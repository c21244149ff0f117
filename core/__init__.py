"""What every part of Guichet shares: settings, the record (SQL), entries, turns, privacy. Imports no sibling."""
