"""Custom actions of the dialogue, thin: read the message, ask the retriever, utter responses of ``domain.yml``.

No citizen-facing sentence stands here, and nothing heavy is imported at module level.
"""
