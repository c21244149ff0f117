"""Developers' tools: benches, evaluations, training, pictures, the supply chain. A town's server runs none of them."""
