"""Topics that other administrations handle: who does, and how a citizen's message is recognised."""
