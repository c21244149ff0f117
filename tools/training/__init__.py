"""Training of the embedding model on the knowledge base itself: pairs, batches, low-rank layers. Only ``train`` needs it."""
