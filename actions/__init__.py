"""Custom actions of the dialogue. They are thin: read the message, ask the retriever, utter responses of ``domain.yml``.

They contain no sentence for citizens, and import nothing heavy at module level.
"""
