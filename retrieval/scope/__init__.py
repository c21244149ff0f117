"""The kind of a message: a question for an administration, a message out of scope, or a fragment without a clear subject."""
