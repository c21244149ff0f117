"""A benchmark for any system that answers citizens' questions: pinned pages, graded questions, a ruler (docs/benchmark.md)."""
