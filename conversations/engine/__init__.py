"""The dialogue engine (Rasa): its client, the pool of its processes, and what protects both from overload."""
