"""Named, seeded, counted cases: `python -m benchmarks.<name>`."""
