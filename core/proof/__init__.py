"""Proves that replies stand word for word in published pages: ``prove`` says where, ``verify`` checks it (docs/proof.md)."""
