"""Quality drift: each night golden questions are replayed and citizens' outcomes compared with before (ADR 0029)."""
