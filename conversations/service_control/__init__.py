"""Service control: announcements to everybody, and channels switched off. Kept in the record; every process reads it."""
