"""Developers' tools: benchmarks, evaluations, training, pictures, the supply chain. A town's server runs none of them."""
