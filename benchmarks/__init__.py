"""Named, seeded, counted cases: `python -m benchmarks NAME`."""
