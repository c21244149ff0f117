"""The shell's own pages: start, sign-in, invitation, account, staff, and files."""
