"""Quality drift: each night golden questions are replayed, and citizens' outcomes are compared with the weeks before (ADR
0029).
"""
